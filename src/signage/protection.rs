//! What protects the recordings, how the recorder starts by itself, and what deleting does: for the
//! data protection officer, in the appendix to the impact assessment (S4.38, R6.2 to R6.7).
//!
//! It says what is, the limits too: an officer who believes more than is true decides wrongly.

use super::page::Document;

const CLAUSES: &[(&str, &str, &str)] = &[
    (
        "On the recorder",
        "The disk of the recordings is encrypted (LUKS2, AES). There is no way to make one that is \
         not, and no word in the site's file that switches it off.",
        "S4.38",
    ),
    (
        "",
        "The recorder starts by itself after a power cut, at night and in the holidays: nobody types \
         a password then, or it would not record. So what opens the disk is in the recorder. Nobody \
         sees pictures by that: looking takes a person who logs in, a reason and an entry.",
        "S0.11",
    ),
    (
        "",
        "Where the machine has a TPM, that chip keeps the key and gives it out only in this machine \
         and only to the system that it knows. A disk that is taken out is closed to whoever has it.",
        "S4.22",
    ),
    (
        "",
        "Where it has none, the recorder opens its disks with keys that lie on its own system disk, \
         and says so in red. A recording disk that leaves alone, for a repair or as waste, is still \
         closed. Whoever takes the whole recorder can open it. What protects it then is the room: \
         locked, with few keys, and looked at in the daily check. A machine with a TPM is the better \
         answer.",
        "S1.33",
    ),
    (
        "",
        "The part of the system disk with the site's file, the logbook, the accounts and the passwords \
         of the cameras is encrypted in the same way. Its key is the TPM's; without a TPM it lies in \
         front of what it opens, so that the whole can be destroyed in a moment, and keeps nobody out \
         who has the disk: destroy a system disk of such a machine when it is replaced.",
        "S4.62",
    ),
    (
        "",
        "The recovery key opens the recordings and all copies of file, people, passwords and logbook \
         in any machine. It exists on paper or on one stick, locked away where the recorder is not; \
         that it is there and fits is tried once a year. Who has it and a disk has everything.",
        "R4.7",
    ),
    (
        "What deleting does",
        "When its time is over the recorder deletes a recording by itself, and gives its place on the \
         disk free. From then on nobody can see it through the recorder. The place is written over \
         when newer recordings need it, on a disk that is as full as it should be within days.",
        "S0.19",
    ),
    (
        "",
        "Until then remains may be on the disk, and on flash memory also in spare cells that no \
         program reaches, for as long as the drive lives. They are encrypted like all else: without \
         the disk's key nobody can read them, with it a laboratory might. Deleting is therefore not \
         the same as destroying.",
        "R6.2",
    ),
    (
        "",
        "There is one key for a disk, and none for each camera or day: dropping keys destroys a whole \
         disk or nothing. And dropping a key is no proof of destruction on flash memory, where an old \
         copy of it may survive, or where somebody kept a copy of the disk's header.",
        "R6.7",
    ),
    (
        "",
        "A disk or stick that ends its service is therefore erased by the drive's own command, waited \
         for until the drive says that it is done, or destroyed; a certificate says which, by whom, \
         with which number and who watched.",
        "R6.3",
    ),
    (
        "",
        "Recordings that are held for a case are not deleted while the hold lasts, and are copied to a \
         second disk where there is one. Copies that left the school are out of the recorder's reach: \
         the register of releases says who has them and when they end.",
        "R6.8",
    ),
    (
        "",
        "Of entries in the logbook that are older than the file says, two people can destroy what they \
         say; their place, kind and time stay, so that it shows that nothing was taken out.",
        "R5.7",
    ),
];

pub(super) fn chapter(paper: &mut Document) {
    for (head, text, row) in CLAUSES {
        if !head.is_empty() {
            paper.head(*head);
        }
        paper.clause(*text, "", row);
    }
}
