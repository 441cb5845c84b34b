"""What only the desk may see of stories, at public addresses."""

from django.http import FileResponse, Http404, HttpRequest

from articles.models import Rendition
from articles.services import rendition_file


def rendition(request: HttpRequest, name: str) -> FileResponse:
    """A picture before it is public, for staff; as if it did not exist, for anybody else."""
    known = Rendition.objects.filter(name=name).exists()
    if not (known and request.user.is_active and request.user.is_staff):
        raise Http404
    response = FileResponse(rendition_file(name).open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response
