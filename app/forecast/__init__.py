"""What SPF, DKIM and DMARC will probably say of a route, as far as its sender can know.

In reading order:

- `questions`  what is asked of DNS and what it answers; the rules are generators that ask and never wait
- `domains`    organisational domains, by the public suffix list
- `spf_record` an SPF record read by its grammar, and its macros
- `spf`        RFC 7208: the result for one address of a server
- `dmarc`      RFC 7489: the record that counts for a domain, and alignment
- `providers`  the few large providers whose names in DNS their own help states
- `forecast`   the three together, each with its reason
- `lookup`     the edge: real DNS, with limits and a cache
"""
