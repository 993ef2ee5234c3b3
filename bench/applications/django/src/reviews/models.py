from django.db import models


class Review(models.Model):
    book = models.CharField(max_length=200)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)

    def __str__(self):
        return f"{self.book}: {self.stars}"
