"""Helpers for tests of the import of members."""

from django.core.files.uploadedfile import SimpleUploadedFile

from organizations.models import Member

IMPORT = "/admin/organizations/member/import/"
CONFIRM = "/admin/organizations/member/process_import/"
LIST = "/admin/organizations/member/"
HEADER = "organization,email,name,role,status\n"


def upload(client, content, name="members.csv", file_format=""):
    content = content if isinstance(content, bytes) else content.encode()
    import_file = SimpleUploadedFile(name, content)
    data = {"import_file": import_file, "resource": "0", "format": file_format}
    return client.post(IMPORT, data)


def confirm(client, preview):
    form = preview.context["confirm_form"]
    return client.post(CONFIRM, {name: form[name].value() for name in form.fields}, follow=True)


def stored():
    return list(Member.objects.values_list("organization__slug", "email", "name", "role", "status"))
