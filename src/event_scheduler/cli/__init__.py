"""The console command; each module is one command and thin."""
