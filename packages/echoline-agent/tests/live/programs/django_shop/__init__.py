"""A project as Django's own template makes one, as small as it gets."""
