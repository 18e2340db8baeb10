-- As whom the program asks for sign-ins with the browser, where the person and no administrator entered it; no secrets.
ALTER TABLE profile ADD COLUMN oauth_clients TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(oauth_clients));
