"""How much of a record stands in earlier ones: what is shared is found, shown and asked about; nobody is accused.

``reading`` turns a text into comparable letters, ``prints`` letters into fingerprints, ``index`` finds the earlier
records that share rare ones, ``passages`` compares two texts letter by letter. Nothing here knows of Django.
"""
