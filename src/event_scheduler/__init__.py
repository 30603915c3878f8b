"""Event Scheduler: Ticketmaster search with an honest cache, and a schedule that stays true."""
