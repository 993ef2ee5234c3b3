from django import forms
from django.shortcuts import render

from reviews.models import Review


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["book", "stars", "text"]


def index(request):
    return render(request, "reviews/index.html", {"form": ReviewForm()})
