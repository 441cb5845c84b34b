"""Style sheets and scripts as they are served: hashed names, one joined style sheet."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class AssetStorage(ManifestStaticFilesStorage):
    """Django's hashed names."""
