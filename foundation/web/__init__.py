"""What every page and answer has in common: headers, refusals, forms, assets, health."""
