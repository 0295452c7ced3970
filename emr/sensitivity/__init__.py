"""Labels: which entries the law guards more closely, and whom they open to."""
