//! TLS as a client: the platform's roots or given ones, version 1.2 at least, 1.3 offered, ring as the provider.
