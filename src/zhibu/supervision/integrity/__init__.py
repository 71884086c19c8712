"""Integrity education: material that people confirm having read, declarations that they sign and renew.

Kept is the fact alone: who, which text, which day. Never how long somebody read, never what somebody thinks.
"""
