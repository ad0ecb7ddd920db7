//! How records stand in an extract: splitting bytes into records and checking the frame around them.
