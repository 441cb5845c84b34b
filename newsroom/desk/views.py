"""Pages of the desk that are no model's own."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from articles.services import title_edited
from newsroom.desk.forms import SectionOrder, SiteForm
from newsroom.kit.models import Site


def this_site(request: HttpRequest) -> HttpResponse:
    """The title's name, publisher, addresses and the order of its menu."""
    if not request.user.has_perm("kit.change_site"):
        raise PermissionDenied
    form = SiteForm(request.POST or None, request.FILES or None, instance=Site.current())
    order = SectionOrder(request.POST or None, prefix="sections")
    if request.method == "POST" and form.is_valid() and order.is_valid():
        with transaction.atomic():
            form.save()
            order.save()
            _follow(form)
        messages.success(request, _("Saved. Readers see it from now on."))
        return redirect("admin:this_site")
    context = admin.site.each_context(request)
    context |= {"title": _("This site"), "form": form, "order": order}
    return render(request, "admin/this_site.html", context)


def _follow(form: SiteForm) -> None:
    """The title's pictures, as far as what was typed changes them, and all its pages."""
    logo = form.cleaned_data["new_logo"]
    gone = form.cleaned_data.get("no_logo", False)
    card = not form.instance.card or bool({"name", "tagline"} & set(form.changed_data))
    title_edited(logo=logo if logo or gone else None, card=card)
