from django.db import models


class Note(models.Model):
    class Color(models.TextChoices):
        SUN = "#ffd166"
        SEA = "#8ecae6"
        MOSS = "#b5d99c"
        ROSE = "#f4acb7"

    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    color = models.CharField(max_length=7, choices=Color, default=Color.SUN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title
