"""What readers' programs fetch: one account of what a feed says, written in three formats."""
