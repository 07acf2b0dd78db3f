"""From a record of named columns to a Worker: what rosters of tables share, whatever brings the table."""
