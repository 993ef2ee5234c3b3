import page
from django.http import HttpResponse
from django.urls import path

DEBUG = True
SECRET_KEY = "of a test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "by_django"

urlpatterns = [path("", lambda request: HttpResponse(page.render()))]
