from django import forms

from .models import Note


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["title", "text", "color"]
        widgets = {
            "title": forms.TextInput(attrs={"placeholder": "A title"}),
            "text": forms.Textarea(attrs={"placeholder": "What is it?", "rows": 3}),
        }
