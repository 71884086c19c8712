"""Party dues: bases, rates, exemptions, the payment register, arrears, use and reconciliation."""
