from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from .cards import draw_card
from .forms import NoteForm
from .models import Note


def notes(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("notes")
    return render(request, "notes/notes.html", {"form": form, "notes": Note.objects.all()})


def card(request: HttpRequest, pk: int) -> HttpResponse:
    note = get_object_or_404(Note, pk=pk)
    return HttpResponse(draw_card(note), content_type="image/png")
