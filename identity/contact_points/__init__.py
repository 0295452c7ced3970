"""How somebody is reached: addresses and telephones, confirmed, and used only as they choose."""
