"""What machines ask for: maps of the site, what they need not crawl, whom to tell, icons."""
