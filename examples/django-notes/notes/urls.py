from django.urls import path

from . import views

urlpatterns = [
    path("", views.notes, name="notes"),
    path("notes/<int:pk>/card.png", views.card, name="card"),
]
