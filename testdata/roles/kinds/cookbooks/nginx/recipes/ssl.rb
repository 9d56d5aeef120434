package "openssl"
