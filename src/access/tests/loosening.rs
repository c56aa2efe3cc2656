//! One edit a block, and every change that it comes to; a block without `=` counts at once.

use super::versions::told;
use super::world::{edited, school};
use crate::access::widening;

/// `-` what stands in the little school's file, `+` what stands there instead (`\n`: a new line),
/// `=` each change: its kind, what, and in brackets whom it favours.
const EDITS: &str = r##"
# Rights.

- held-by "clerk"
+ held-by "clerk" "guard"
= widen-rights: Guard gets the role desk [guard]

- person "clerk" "Clerk"
+ person "clerk" "Clerk"\n person "more" "One more"
= widen-rights: One more is added to the people [more]

- person "clerk" "Clerk"
+ person "clerk" "Clerk" deputises="tech"

- role "machine" {
+ role "machine" deputies=#true {

- may "spot-check" limit="30s"
+ may "spot-check" limit="40s"
= widen-rights: the role watch may spot-check: with fewer conditions [guard endless new gone]

- may "spot-check" limit="30s"
+ may "spot-check" limit="20s"

- at="gate office"
+ at="gate office server"
= widen-rights: the role watch may live: at more places or cameras [guard endless new gone]

- at="gate office"
+ at="gate"

- may "playback" zones="yard" permission=#true
+ may "playback" zones="yard"
= widen-rights: the role watch may playback: with fewer conditions [guard endless new gone]

- may "playback" zones="yard" permission=#true
+ may "playback" permission=#true
= widen-rights: the role watch may playback: at more places or cameras [guard endless new gone]

- camera "hall-1" "Hall" zone="hall"
+ camera "hall-1" "Hall" zone="yard"
= widen-rights: the role watch may playback: at more places or cameras [guard endless new gone]

- may "live" reason=#true
+ may "live"
= widen-rights: the role lead may live: with fewer conditions [head deputy]

- may "witness" "export" at
+ may "witness" "export" "still" at
= widen-rights: the role desk may still: a new right [clerk]

- register "visits" "read" "write"
+ register "visits" "read" "write" "close"
= widen-rights: the role watch may close the register visits [guard endless new gone]

- role "desk"
+ role "counter"

- until="2026-12-31"
+ until="2027-12-31"
= widen-rights: Engineer counts until a later day [firm]

- person "guard" "Guard"
+ person "guard" "Guard" admin=#true
= widen-rights: Guard gets an admin account [guard]

# Whose word.

- by="head" and="machine" deputies=#true;
+ by="head" deputies=#true;
= widen-rights: widen-rights takes one key instead of two []

- widen-rights by="head" and="machine" deputies=#true;
+
= widen-rights: widen-rights needs no approval any more []

- drop-safeguard by="head"
+ drop-safeguard by="head clerk"
= drop-safeguard: clerk may approve drop-safeguard [clerk]

- drop-safeguard by="head"
+ drop-safeguard by="head" deputies=#true
= drop-safeguard: deputies may approve drop-safeguard []

- viewer "third-party" "Third parties" by="head"
+ viewer "third-party" "Third parties" by="head guard"
= widen-rights: viewers of the class third-party: the word of guard counts [guard]

- viewer "third-party" "Third parties" by="head"
+ viewer "third-party" "Third parties" by="head" supervised=#false
= drop-safeguard: viewers of the class third-party: supervision []

- viewer "inspection" refused=#true
+ viewer "inspection"
= widen-rights: viewers of the class inspection are let in []

- viewer "police" "Police officers" by="lead" needs="crime-reference"
+ viewer "police" "Police officers" by="lead"
= drop-safeguard: viewers of the class police: crime-reference is not asked for any more []

- recipient "other" refused=#true
+ recipient "other"
= widen-rights: recipients of the class other may receive copies []

- recipient "other" refused=#true
+ recipient "other" refused=#true\n recipient "court" by="head"
= widen-rights: recipients of the class court may receive copies []

- needs-one="proof-of-proceedings court-order"
+ needs-one="proof-of-proceedings court-order consent"
= drop-safeguard: recipients of the class solicitor: other papers are enough []

- purpose "crime" "Crime"
+ purpose "crime" "Crime"\n purpose "fun" "Fun"
= widen-rights: a new purpose: Fun []

- because="..." needs="Which records disagree?"
+ because="..."
= drop-safeguard: the question that the purpose clock asks []

- purposes="safety clock"
+
= widen-rights: Hall serves more purposes []

- in-charge="head"
+ in-charge="clerk"
= widen-rights: covert authorisation C-1 [clerk]

# Retention.

- retention min-days=30 max-days=90
+ retention min-days=29 max-days=90
= shorten-retention: Hall is kept at least 29 days instead of 30 []
= shorten-retention: Yard is kept at least 29 days instead of 30 []
= shorten-retention: Store is kept at least 29 days instead of 30 []

- retention min-days=30 max-days=90
+ retention min-days=30 max-days=90 { camera "yard-1" max-days=60 }
= shorten-retention: Yard is kept at most 60 days instead of 90 []

- retention min-days=30 max-days=90
+ retention min-days=31 target-days=40 max-days=100

# Safeguards.

- disclosure {
+ disclosure witness=#false {
= drop-safeguard: releases: the witness []

- disclosure {
+ disclosure medium="plain" {
= drop-safeguard: releases: encryption of the carrier []

- disclosure {
+ disclosure protected-persons=#false {
= drop-safeguard: releases: the question about protected persons []

- accounts in-doubt
+ disposal witness=#false\naccounts in-doubt
= drop-safeguard: disposal: the witness []

- accounts in-doubt
+ logbook keep-years=6\naccounts in-doubt
= drop-safeguard: the logbook is kept 6 years instead of 7 []

- accounts in-doubt
+ accounts passphrase-min=11 in-doubt
= drop-safeguard: passphrases may have 11 characters []

- accounts in-doubt
+ accounts second-factor="privileged" in-doubt

- accounts in-doubt
+ accounts admin-session="1h" in-doubt
= drop-safeguard: privileged sessions last 1h []

- accounts in-doubt
+ accounts break-glass=0 in-doubt
= drop-safeguard: 0 sealed codes instead of 2 []

- accounts in-doubt
+ accounts review-on="notice-to-leave role-change contract-expiry" in-doubt
= drop-safeguard: breach suspends nothing any more []

- declaration=#true
+
= drop-safeguard: Server room: the declaration []

- station "office" "Office"
+ station "office" "Office" idle-lock="5m"
= drop-safeguard: Office locks only after 5m []

- station "office" "Office"
+ station "office" "Office" wall=#true
= drop-safeguard: Office keeps live pictures on its locked screen []

- station "gate" "Gate" admin=#false
+ station "gate" "Gate"
= widen-rights: privileged work at Gate []

- station "office" "Office"
+ station "office" "Office"\n station "attic" "Attic"
= widen-rights: a new station: Attic []

- declaration "I keep to myself what I see."
+
= drop-safeguard: the declaration []

- viewing {
+ viewing confirm-within="3d" {
= drop-safeguard: spoken words wait 3d for confirmation []

- acceptance "staff" "Staff code" version="2" renew="year"
+
= drop-safeguard: nobody signs "Staff code" any more []

- version="2" renew="year"
+ version="3" renew="year"

- version="2" renew="year"
+ version="2"
= drop-safeguard: "Staff code" is signed less often []

- duties { training by="head" every="year" due="2026-09-01";
+ duties {
= drop-safeguard: the duty training is gone []

- stream "rtsp://192.0.2.1/a" }
+ stream "rtsp://192.0.2.1/a"; audio because="x" }
= drop-safeguard: Hall records sound []

# Neither.

- camera "hall-1" "Hall"
+ camera "hall-1" "Great hall"

- stream "rtsp://192.0.2.1/a"
+ stream "rtsp://192.0.2.9/a"

- clock-check by="tech"
+ clock-check by="tech" every="year"
"##;

/// S4.38, S4.48.
#[test]
fn every_loosening_is_told_and_nothing_else() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for block in EDITS.split("\n\n") {
        let lines = |sign: &str| -> Vec<String> {
            let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
            lines.map(|line| line.trim().replace("\\n", "\n")).collect()
        };
        let (was, is) = (lines("-"), lines("+"));
        let ([was], [is]) = (was.as_slice(), is.as_slice()) else { continue };
        count += 1;
        let got = told(&widening(&school(), &edited(&[(was.as_str(), is.as_str())])));
        if got != lines("=") {
            wrong.push(format!("{block}\n  {got:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 60, "{count} blocks were read");
    assert_eq!(told(&widening(&school(), &school())), [] as [&str; 0]);
}
