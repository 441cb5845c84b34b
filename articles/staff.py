"""What only the desk may see of stories, at public addresses."""

from django.http import FileResponse, Http404, HttpRequest

from articles.models import Rendition
from articles.pictures.making import MIMES
from articles.services import rendition_file


def rendition(request: HttpRequest, name: str) -> FileResponse:
    """A picture before it is public, for staff; as if it did not exist, for anybody else."""
    row = Rendition.objects.filter(name=name).first()
    if not (row and request.user.is_active and request.user.is_staff):
        raise Http404
    try:
        file = rendition_file(name).open("rb")
    except FileNotFoundError:
        raise Http404 from None  # The sweep finds it lost, and has it made again.
    response = FileResponse(file, content_type=MIMES[row.format])
    response["Cache-Control"] = "private, no-store"
    return response
