"""Which days are worked in the region, by what law; in versions, since what was reckoned by one stays so."""
