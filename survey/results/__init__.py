"""What a wave found, for anybody: the last result on the first page, and a page for each wave."""
