//! Writing a batch, table by table.

use kartotek_register::import::Changes;
use kartotek_register::ports::{DeliveryKey, KeyKind, RunKey};

use super::bind::instant;
use super::error::Failure;
use super::session::Link;
use super::{insert, update};

/// A person may have typed rows with keys of their own choice, so a block begins behind whatever is there.
pub(super) async fn allot(link: &Link, kind: KeyKind, count: usize) -> Result<i64, Failure> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = match kind {
        KeyKind::Contact => {
            "UPDATE counter SET next = greatest(next, (SELECT max(contact_key) FROM contact) + 1) + $1
             WHERE name = 'contact' RETURNING next - $1"
        }
        KeyKind::Address => {
            "UPDATE counter SET next = greatest(next, (SELECT max(address_key) FROM address) + 1) + $1
             WHERE name = 'address' RETURNING next - $1"
        }
    };
    Ok(link.one(sql, &[&count]).await?.try_get(0)?)
}

pub(super) async fn apply(
    link: &Link,
    changes: &Changes,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    now: &str,
) -> Result<(), Failure> {
    let source = changes.source;
    let instant = instant(now)?;
    insert::contacts(link, &changes.contacts_new).await?;
    update::contacts(link, &changes.contacts_changed).await?;
    insert::infos(link, &changes.infos_new, source).await?;
    update::infos(link, &changes.infos_changed, source).await?;
    update::remove_infos(link, &changes.infos_removed, source).await?;
    insert::dates(link, &changes.dates_new, source).await?;
    update::dates(link, &changes.dates_changed, source).await?;
    update::remove_dates(link, &changes.dates_removed, source).await?;
    insert::addresses(link, &changes.addresses_new).await?;
    update::addresses(link, &changes.addresses_changed).await?;
    insert::parts(link, &changes.parts_new, source).await?;
    update::parts(link, &changes.parts_changed, source).await?;
    insert::protections(link, &changes.protections_new, source).await?;
    update::protections(link, &changes.protections_changed, source).await?;
    insert::sources(link, &changes.sources_new, source, instant).await?;
    update::sources(link, &changes.sources_changed, source, now).await?;
    update::touch(link, &changes.touched, source, now).await?;
    journal(link, changes, run, delivery).await
}

async fn journal(link: &Link, changes: &Changes, run: RunKey, delivery: Option<DeliveryKey>) -> Result<(), Failure> {
    if changes.journal.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(changes.journal.len()).unwrap_or(i64::MAX);
    let sql = "UPDATE counter SET next = next + $1 WHERE name = 'change' RETURNING next - $1";
    let first = link.one(sql, &[&count]).await?.try_get(0)?;
    insert::journal(link, &changes.journal, changes.source, first, run, delivery).await
}
