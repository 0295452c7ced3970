"""The administrator's desk: facilities, who works there, and who gave whom which right when."""
