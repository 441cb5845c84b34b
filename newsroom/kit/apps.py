from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "newsroom.kit"
    label = "kit"
    verbose_name = "This site"
