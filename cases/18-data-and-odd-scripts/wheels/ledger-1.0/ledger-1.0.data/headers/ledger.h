int ledger;
