from django.contrib import admin
class PassauditAdminSite(admin.AdminSite):
    pass
