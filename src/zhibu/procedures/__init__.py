"""One engine for procedures of many steps: admission, transfer, election of committees."""
