"""What of a sensitive value may stand on screen without a reason (GB/T 35273: 展示脱敏)."""


def mask_id_number(number: str) -> str:
    """``110***********002X``: region of three digits and the last four."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def mask_phone(number: str) -> str:
    """``138****5678``."""
    return number[:3] + "****" + number[-4:] if len(number) >= 11 else "*" * max(len(number) - 2, 0) + number[-2:]


def mask_address(address: str) -> str:
    """The first six characters (province and city as a rule), the rest hidden."""
    return address[:6] + "****" if address else ""
