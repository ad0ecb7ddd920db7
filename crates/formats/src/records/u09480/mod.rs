//! U09480-P, the private change extract; CPR Direkte returns the same records for transaction PRIV
//! (cpr-records.md section 5).
