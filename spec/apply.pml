/* apply.pml: how rows get from the primary to the secondary.
 *
 * Modelled: writers that commit upserts and deletes of one or two rows on the primary (the key stays, the row comes
 * and goes), relays that apply what the journal holds, one backfill, one verify, journal compaction; kill -9 of any
 * of them at any step, sessions that the server kills under a live process, pauses of any length (every
 * interleaving). A "version" numbers the committed states of a row, so stale, lost and phantom rows can be told apart.
 *
 * Checked (invariants of DESIGN section 9):
 *   W2   the secondary never shows a version that the primary did not commit             write_secondary(), init
 *   W3   at rest, every committed write has reached the secondary                        init, last step
 *   W5   what the secondary shows for a row never goes back (MONOTONE=1)                 write_secondary()
 *   W6   applying again changes nothing: two appliers may take the same journal entry    init, last step
 *   W11  a verify that finds the journal empty for a key never reports a false mismatch  Verify
 *   W12  a backfill neither overwrites a newer row nor resurrects a deleted one          init, last step, and W5
 *   W13  a killed relay or backfill goes on where it stood                               Relay, Backfill
 *   No process waits for ever (Spin's invalid end states).
 *
 * Options (-DNAME=VALUE):
 *   JOURNAL=1            the write transaction also inserts the key into the journal
 *   WRITER=...           what a writer does around its commit
 *       NOTHING          leave it to the relay
 *       IMAGE            write the captured row to the secondary, no lock
 *       PRIMARY_LOCK     lock and re-read the row on the primary, write the secondary in a session of its own
 *       FENCED_APPLY     the protocol: lock the key on the secondary, then read the primary, write in the same session
 *       VERSION_GUARD    write the captured row where its version is newer than the one kept on the secondary
 *       SECONDARY_FIRST  commit on the secondary before the primary
 *       STRICT           level L3: secondary transaction opened before, committed after the primary's commit
 *   RELAY=...            how the relay applies: NONE, PRIMARY_LOCK, FENCED_APPLY, VERSION_GUARD
 *   RELAYS, ROWS, WRITERS, OPERATIONS (per writer)
 *   KILLS                how many kill -9 may happen       LOST_SESSIONS  how many sessions the server may kill
 *   LOCK_ABSENT=0        SELECT ... FOR UPDATE locks nothing where the row is absent (PostgreSQL, SQLite, MySQL at
 *                        READ COMMITTED); 1 is an engine that could
 *   SEEN_AFTER=1         (wrong) the apply deletes the journal entries it finds after the read, not before
 *   SEEN_BEFORE_LOCK=1   the journal is read in a step of its own before the lock, not in the row's snapshot
 *   COMPACT=...          journal compaction: KEEP_NEWEST, KEEP_OLDEST (wrong)
 *   FORGET_VERSIONS=1    VERSION_GUARD only: the kept version is dropped when the key's journal is empty
 *   READ_REPLICA=1       (wrong) the relay reads a lagging read replica of the primary
 *   GUARD=1              the relay skips a key when the journal entry that led to it is not in the snapshot it reads
 *   BACKFILL=...         secondary starts empty: UPSERT, INSERT_IGNORE, LOCK_AND_IGNORE (ghostferry's way), FENCED_APPLY
 *   VERIFY=...           UNDER_KEY_LOCK, WITHOUT_LOCK (wrong), JOURNAL_FIRST (wrong)
 *   MONOTONE=1           check W5
 *
 * Not modelled here: fences and the switch (switch.pml), unique keys (unique.pml), foreign keys, commits that a server
 * loses at fail-over.
 */
#define NONE            0
#define NOTHING         0
#define IMAGE           1
#define PRIMARY_LOCK    2
#define FENCED_APPLY    3
#define VERSION_GUARD   4
#define SECONDARY_FIRST 5
#define STRICT          6

#define KEEP_NEWEST     1
#define KEEP_OLDEST     2

#define UPSERT          11
#define INSERT_IGNORE   12
#define LOCK_AND_IGNORE 13

#define UNDER_KEY_LOCK  21
#define WITHOUT_LOCK    22
#define JOURNAL_FIRST   23

#ifndef JOURNAL
#define JOURNAL 0
#endif
#ifndef WRITER
#define WRITER IMAGE
#endif
#ifndef RELAY
#define RELAY NONE
#endif
#ifndef RELAYS
#define RELAYS 1
#endif
#ifndef ROWS
#define ROWS 1
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef OPERATIONS
#define OPERATIONS 1
#endif
#ifndef KILLS
#define KILLS 0
#endif
#ifndef LOST_SESSIONS
#define LOST_SESSIONS 0
#endif
#ifndef LOCK_ABSENT
#define LOCK_ABSENT 1
#endif
#ifndef SEEN_AFTER
#define SEEN_AFTER 0
#endif
#ifndef SEEN_BEFORE_LOCK
#define SEEN_BEFORE_LOCK 0
#endif
#ifndef COMPACT
#define COMPACT NONE
#endif
#ifndef FORGET_VERSIONS
#define FORGET_VERSIONS 0
#endif
#ifndef READ_REPLICA
#define READ_REPLICA 0
#endif
#ifndef GUARD
#define GUARD 0
#endif
#ifndef VERIFY
#define VERIFY NONE
#endif
#ifndef BACKFILL
#define BACKFILL NONE
#endif
#ifndef MONOTONE
#define MONOTONE 0
#endif

/* Process numbers: writers, then relays; verify and backfill have fixed ones. */
#define PROCESSES   8
#define VERIFY_ID   6
#define BACKFILL_ID 7
#if RELAY != NONE
#define LIVE_PROCESSES (WRITERS + RELAYS)
#else
#define LIVE_PROCESSES WRITERS
#endif

#define LAST (ROWS - 1)   /* the second row, or the only one */
#define ME   (id + 1)     /* owner of a lock; 0 = free */

/* the primary */
byte primary_version[ROWS]; bool primary_present[ROWS];
byte primary_lock[ROWS];             /* row lock */
byte journal[ROWS];                  /* bit set: one bit for each write, while its entry exists */
byte newest_entry[ROWS];             /* order of the entries, for COMPACT */

/* the secondary */
byte secondary_version[ROWS]; bool secondary_present[ROWS];
byte key_lock[ROWS];                 /* lock of the key on the secondary */
byte kept_version[ROWS];             /* VERSION_GUARD: last version accepted */
byte shown_version[ROWS];            /* what MONOTONE remembers; not part of the protocol */

#if READ_REPLICA
/* a read replica of the primary, some time behind */
byte replica_version; bool replica_present; byte replica_journal;
#endif

/* the environment */
bool alive[PROCESSES];
bool killed[PROCESSES];              /* kill -9 happened; the servers rolled its sessions back */
bool primary_session_lost[PROCESSES], secondary_session_lost[PROCESSES];
byte lost_sessions = 0, writers_done = 0, relays_done = 0, others_done = 0;

/* What the servers do when a process dies: its transactions roll back, its locks are free. */
#define RELEASE_SESSIONS d_step { \
  if :: primary_lock[0] == ME -> primary_lock[0] = 0 :: else fi; \
  if :: key_lock[0] == ME -> key_lock[0] = 0 :: else fi; \
  if :: ROWS > 1 && primary_lock[LAST] == ME -> primary_lock[LAST] = 0 :: else fi; \
  if :: ROWS > 1 && key_lock[LAST] == ME -> key_lock[LAST] = 0 :: else fi; \
  primary_session_lost[id] = 0; secondary_session_lost[id] = 0 }

/* Commit of one row on the secondary; asserts W2 and W5. */
inline write_secondary(row, version, present) {
  secondary_version[row] = version; secondary_present[row] = present;
  printf("@ p%d  secondary: commit row%d := v%d present=%d\n", id, row, version, present);
  assert(version <= primary_version[row]);                  /* W2 */
  assert(!MONOTONE || version >= shown_version[row]);       /* W5 */
  if :: MONOTONE && version > shown_version[row] -> shown_version[row] = version :: else fi
}

/* FENCED_APPLY: lock the key on the secondary; read row and journal on the primary; write and commit in the session
 * that holds the lock; delete from the journal what was there no later than the read.
 * The default reads row and journal in one snapshot, which deletes the most and so is the harder case. */
inline fenced_apply(row) {
#if SEEN_BEFORE_LOCK
  seen = journal[row];
#endif
  atomic {
    key_lock[row] == 0 -> key_lock[row] = ME; secondary_session_lost[id] = 0;
    printf("@ p%d  secondary: lock key of row%d\n", id, row)
  }
  d_step {
    if :: !SEEN_BEFORE_LOCK && !SEEN_AFTER -> seen = journal[row] :: else fi;
    read_version = primary_version[row]; read_present = primary_present[row];
    printf("@ p%d  primary: read row%d -> v%d present=%d, journal seen=%d\n", id, row, read_version, read_present, seen)
  }
  atomic {
    if
    :: secondary_session_lost[id] -> secondary_session_lost[id] = 0; ok = 0
    :: else -> write_secondary(row, read_version, read_present); key_lock[row] = 0; ok = 1
    fi
  }
  if
  :: ok ->
     d_step {
       if :: SEEN_AFTER -> journal[row] = 0 :: else -> journal[row] = journal[row] & ~seen fi;
       printf("@ p%d  primary: delete journal(row%d), left=%d\n", id, row, journal[row]);
       read_version = 0; read_present = 0; seen = 0
     }
  :: else -> d_step { read_version = 0; read_present = 0; seen = 0 }
  fi
}

/* The same by a relay that remembers which journal entry led it here (GUARD), or that reads the read replica. */
#if READ_REPLICA
#define SNAPSHOT_JOURNAL(row) replica_journal
#define SNAPSHOT_VERSION(row) replica_version
#define SNAPSHOT_PRESENT(row) replica_present
#else
#define SNAPSHOT_JOURNAL(row) journal[row]
#define SNAPSHOT_VERSION(row) primary_version[row]
#define SNAPSHOT_PRESENT(row) primary_present[row]
#endif
inline guarded_apply(row) {
  trigger = journal[row];
  atomic {
    key_lock[row] == 0 -> key_lock[row] = ME; secondary_session_lost[id] = 0;
    printf("@ p%d  secondary: lock key of row%d\n", id, row)
  }
  d_step {
    seen = SNAPSHOT_JOURNAL(row); read_version = SNAPSHOT_VERSION(row); read_present = SNAPSHOT_PRESENT(row);
    printf("@ p%d  snapshot: read row%d -> v%d present=%d, journal seen=%d\n", id, row, read_version, read_present, seen)
  }
  atomic {
    if
    :: secondary_session_lost[id] -> secondary_session_lost[id] = 0; ok = 0
    :: !secondary_session_lost[id] && GUARD && (seen & trigger) == 0 ->
       key_lock[row] = 0; ok = 0;
       printf("@ p%d  journal entry not visible: skipped\n", id)
    :: else -> write_secondary(row, read_version, read_present); key_lock[row] = 0; ok = 1
    fi
  }
  d_step {
    if :: ok -> journal[row] = journal[row] & ~seen; printf("@ p%d  primary: delete journal(row%d), left=%d\n", id, row, journal[row]) :: else fi;
    read_version = 0; read_present = 0; seen = 0; trigger = 0
  }
}

/* VERSION_GUARD: committed read of the primary; the secondary accepts newer versions only. */
inline guarded_write(row) {
  seen = journal[row];
  d_step {
    read_version = primary_version[row]; read_present = primary_present[row];
    printf("@ p%d  primary: read row%d -> v%d present=%d\n", id, row, read_version, read_present)
  }
  atomic {
    if
    :: read_version > kept_version[row] -> kept_version[row] = read_version; write_secondary(row, read_version, read_present)
    :: else -> printf("@ p%d  secondary: v%d not newer, skipped\n", id, read_version)
    fi
  }
  d_step {
    journal[row] = journal[row] & ~seen;
    printf("@ p%d  primary: delete journal(row%d), left=%d\n", id, row, journal[row]);
    read_version = 0; read_present = 0; seen = 0
  }
}

/* PRIMARY_LOCK: lock and read the row on the primary, write the secondary, delete the journal and commit. */
inline locked_copy(row) {
  if
  :: atomic {
       (primary_present[row] == 0 && !LOCK_ABSENT) -> holds_lock = 0;
       read_version = primary_version[row]; read_present = 0; seen = journal[row];
       printf("@ p%d  primary: FOR UPDATE row%d -> absent (nothing locked)\n", id, row)
     }
  :: atomic {
       (primary_present[row] == 1 || LOCK_ABSENT) && primary_lock[row] == 0 -> primary_lock[row] = ME;
       primary_session_lost[id] = 0; holds_lock = 1;
       read_version = primary_version[row]; read_present = primary_present[row]; seen = journal[row];
       printf("@ p%d  primary: FOR UPDATE row%d -> v%d present=%d, journal=%d\n", id, row, read_version, read_present, seen)
     }
  fi;
  atomic { write_secondary(row, read_version, read_present) }
  d_step {
    if
    :: primary_session_lost[id] ->
       primary_session_lost[id] = 0;
       printf("@ p%d  primary: commit fails (session lost), journal kept\n", id)
    :: else ->
       journal[row] = journal[row] & ~seen;
       printf("@ p%d  primary: delete journal + commit, left=%d\n", id, journal[row]);
       if :: holds_lock -> primary_lock[row] = 0 :: else fi
    fi;
    read_version = 0; read_present = 0; seen = 0; holds_lock = 0
  }
}

/* A writer deletes its own journal entry; needed where it knows its image has arrived. */
inline delete_own_entry() { d_step { journal[row] = journal[row] & ~entry } }

proctype Writer(byte id) {
  byte row = 0, operation = 0, read_version = 0, seen = 0, version = 0, entry = 0;
  bool read_present = 0, present = 0, ok = 0, holds_lock = 0, deletes = 0;
  {
    do
    :: operation < OPERATIONS ->
       /* the application's statement: row lock, new version */
       atomic {
         if :: row = 0 :: ROWS > 1 -> row = LAST fi;
         primary_lock[row] == 0 -> primary_lock[row] = ME; primary_session_lost[id] = 0;
         if :: deletes = 0 :: primary_present[row] -> deletes = 1 fi;      /* deleting nothing is not a write */
         entry = 1 << (id * OPERATIONS + operation); version = primary_version[row] + 1; present = !deletes
       };
#if WRITER == SECONDARY_FIRST
       atomic { !primary_session_lost[id] && key_lock[row] == 0 -> key_lock[row] = ME }
       d_step {
         secondary_version[row] = version; secondary_present[row] = present; key_lock[row] = 0;
         printf("@ p%d  secondary: commit row%d := v%d present=%d BEFORE the primary\n", id, row, version, present)
       }
#elif WRITER == STRICT
       atomic { key_lock[row] == 0 -> key_lock[row] = ME; secondary_session_lost[id] = 0 }
#endif
       /* primary commit: row and journal entry together, or nothing where the session was killed */
       atomic {
         if
         :: primary_session_lost[id] ->
            primary_session_lost[id] = 0; ok = 0;
            if :: key_lock[row] == ME -> key_lock[row] = 0 :: else fi;
            secondary_session_lost[id] = 0
         :: else ->
            primary_version[row] = version; primary_present[row] = present; primary_lock[row] = 0; ok = 1;
            printf("@ p%d  primary: COMMIT row%d := v%d present=%d journal=%d\n", id, row, version, present, JOURNAL);
            if
            :: JOURNAL ->
               journal[row] = journal[row] | entry;
               if :: COMPACT != NONE -> newest_entry[row] = entry :: else fi
            :: else
            fi
         fi
       }
       if
       :: !ok -> skip
       :: else ->
#if WRITER == IMAGE
          atomic { write_secondary(row, version, present) }
          if :: JOURNAL -> delete_own_entry() :: else fi;
#elif WRITER == PRIMARY_LOCK
          locked_copy(row);
#elif WRITER == FENCED_APPLY
          fenced_apply(row);
#elif WRITER == VERSION_GUARD
          atomic {
            if
            :: version > kept_version[row] -> kept_version[row] = version; write_secondary(row, version, present)
            :: else -> printf("@ p%d  secondary: stale v%d rejected\n", id, version)
            fi
          }
          if :: JOURNAL -> delete_own_entry() :: else fi;
#elif WRITER == STRICT
          atomic {
            if
            :: secondary_session_lost[id] -> secondary_session_lost[id] = 0; ok = 0
            :: else -> write_secondary(row, version, present); key_lock[row] = 0; ok = 1
            fi
          }
          if :: JOURNAL && ok -> delete_own_entry() :: else fi;
#else
          skip;
#endif
       fi;
       d_step { operation++; version = 0; present = 0; entry = 0; ok = 0; deletes = 0; row = 0 }
    :: else -> break
    od
  } unless { killed[id] };
  atomic {
    killed[id] = 0; alive[id] = 0; writers_done++;
    read_version = 0; seen = 0; version = 0; entry = 0; read_present = 0; present = 0;
    ok = 0; holds_lock = 0; deletes = 0; row = 0; operation = 0
  }
}

#if RELAY == PRIMARY_LOCK
#define RELAY_APPLY(row) locked_copy(row)
#elif RELAY == VERSION_GUARD
#define RELAY_APPLY(row) guarded_write(row)
#elif GUARD || READ_REPLICA
#define RELAY_APPLY(row) guarded_apply(row)
#else
#define RELAY_APPLY(row) fenced_apply(row)
#endif

#if RELAY != NONE
proctype Relay(byte id) {
  byte row = 0, read_version = 0, seen = 0; bool read_present = 0, ok = 0, holds_lock = 0;
#if GUARD || READ_REPLICA
  byte trigger = 0;
#endif
again:
  {
    do
    :: journal[0] != 0 -> row = 0; RELAY_APPLY(row)
    :: (ROWS > 1 && journal[LAST] != 0) -> row = LAST; RELAY_APPLY(row)
    :: (writers_done == WRITERS && journal[0] == 0 && journal[LAST] == 0) -> break
    od
  } unless {
    d_step { killed[id] -> killed[id] = 0; row = 0; read_version = 0; seen = 0; read_present = 0; ok = 0; holds_lock = 0
#if GUARD || READ_REPLICA
      ; trigger = 0
#endif
    };
    goto again                                               /* W13: a killed relay starts again */
  };
  atomic { killed[id] = 0; alive[id] = 0; relays_done++; row = 0 }
}
#endif

#if RELAY != NONE
#define ALL_DONE (relays_done == RELAYS)
#else
#define ALL_DONE (writers_done == WRITERS)
#endif

#if READ_REPLICA
/* Replication inside the primary's database: later, in order, a state that the primary had. */
proctype ReadReplica() {
  do
  :: d_step {
       replica_version != primary_version[0] || replica_journal != journal[0] ->
       replica_version = primary_version[0]; replica_present = primary_present[0]; replica_journal = journal[0];
       printf("@ read replica catches up to v%d, journal=%d\n", replica_version, replica_journal)
     }
  :: ALL_DONE -> break
  od
}
#endif

#if KILLS > 0
proctype Killer() {
  byte id = 0, kills = 0;
  do
  :: atomic {
       kills < KILLS && !ALL_DONE ->
       if
       :: alive[0] -> id = 0
       :: alive[1] -> id = 1
       :: LIVE_PROCESSES > 2 && alive[2] -> id = 2
       :: LIVE_PROCESSES > 3 && alive[3] -> id = 3
       :: BACKFILL != NONE && alive[BACKFILL_ID] -> id = BACKFILL_ID
       fi;
       killed[id] = 1; kills++; printf("@ p%d  *** kill -9\n", id); RELEASE_SESSIONS; id = 0
     }
  :: ALL_DONE || kills == KILLS -> break
  od
}
#endif

#if LOST_SESSIONS > 0
/* The server ends a session under a live process: idle timeout, fail-over, a proxy's reset. */
inline lose_primary_session(row) {
  primary_session_lost[primary_lock[row] - 1] = 1;
  printf("@ server ends primary session of p%d (row lock free)\n", primary_lock[row] - 1);
  primary_lock[row] = 0; lost_sessions++
}
inline lose_secondary_session(row) {
  secondary_session_lost[key_lock[row] - 1] = 1;
  printf("@ server ends secondary session of p%d (key lock free, transaction rolled back)\n", key_lock[row] - 1);
  key_lock[row] = 0; lost_sessions++
}
proctype SessionKiller() {
  do
  :: lost_sessions < LOST_SESSIONS && primary_lock[0] != 0 ->
     d_step { if :: primary_lock[0] != 0 -> lose_primary_session(0) :: else fi }
  :: lost_sessions < LOST_SESSIONS && key_lock[0] != 0 ->
     d_step { if :: key_lock[0] != 0 -> lose_secondary_session(0) :: else fi }
  :: ROWS > 1 && lost_sessions < LOST_SESSIONS && primary_lock[LAST] != 0 ->
     d_step { if :: primary_lock[LAST] != 0 -> lose_primary_session(LAST) :: else fi }
  :: ROWS > 1 && lost_sessions < LOST_SESSIONS && key_lock[LAST] != 0 ->
     d_step { if :: key_lock[LAST] != 0 -> lose_secondary_session(LAST) :: else fi }
  :: ALL_DONE || lost_sessions == LOST_SESSIONS -> break
  od
}
#endif

#if COMPACT != NONE
proctype Compaction() {
  byte runs = 0;
  do
  :: d_step {
       runs < 2 && (journal[0] & newest_entry[0]) != 0 && journal[0] != newest_entry[0] ->
       if :: COMPACT == KEEP_NEWEST -> journal[0] = newest_entry[0] :: else -> journal[0] = journal[0] & ~newest_entry[0] fi;
       printf("@ compaction: journal(row0) := %d\n", journal[0]); runs++
     }
  :: writers_done == WRITERS || runs >= 2 -> break
  od
}
#endif

#if FORGET_VERSIONS
proctype ForgetVersions() {
  if
  :: d_step { journal[0] == 0 && kept_version[0] != 0 -> kept_version[0] = 0; printf("@ kept version of row0 dropped\n") }
  :: writers_done == WRITERS
  fi
}
#endif

#if VERIFY != NONE
/* Nothing ever breaks a row in this model, so any mismatch that verify reports is a false alarm (W11). */
#define NO_MISMATCH (on_primary == on_secondary && (!on_primary || expected == found))
proctype Verify(byte id) {
  byte checks = 0, expected = 0, found = 0, entries = 0; bool on_primary = 0, on_secondary = 0;
  do
  :: checks < 2 ->
#if VERIFY == UNDER_KEY_LOCK
     atomic { key_lock[0] == 0 -> key_lock[0] = ME; secondary_session_lost[id] = 0 }
     d_step { expected = primary_version[0]; on_primary = primary_present[0] }
     d_step { found = secondary_version[0]; on_secondary = secondary_present[0] }
     entries = journal[0];
     atomic {
       if :: entries == 0 && !secondary_session_lost[id] -> assert(NO_MISMATCH) :: else fi;      /* W11 */
       if :: key_lock[0] == ME -> key_lock[0] = 0 :: else fi;
       secondary_session_lost[id] = 0; expected = 0; found = 0; entries = 0
     }
#elif VERIFY == WITHOUT_LOCK
     d_step { expected = primary_version[0]; on_primary = primary_present[0] }
     d_step { found = secondary_version[0]; on_secondary = secondary_present[0] }
     entries = journal[0];
     atomic { if :: entries == 0 -> assert(NO_MISMATCH) :: else fi; expected = 0; found = 0; entries = 0 }      /* W11 */
#else
     entries = journal[0];
     d_step { expected = primary_version[0]; on_primary = primary_present[0] }
     d_step { found = secondary_version[0]; on_secondary = secondary_present[0] }
     atomic { if :: entries == 0 -> assert(NO_MISMATCH) :: else fi; expected = 0; found = 0; entries = 0 }      /* W11 */
#endif
     checks++
  :: checks >= 2 || writers_done == WRITERS -> break
  od;
  others_done++
}
#endif

#if BACKFILL != NONE
/* The row counter is the checkpoint: a killed backfill goes on at the row where it stood (W13). */
proctype Backfill(byte id) {
  byte row = 0, read_version = 0, seen = 0; bool read_present = 0, ok = 0, holds_lock = 0;
again:
  {
    do
    :: row < ROWS ->
#if BACKFILL == UPSERT
       d_step {
         read_version = primary_version[row]; read_present = primary_present[row];
         printf("@ p7 backfill, primary: read row%d -> v%d present=%d\n", row, read_version, read_present)
       }
       if :: read_present -> atomic { write_secondary(row, read_version, read_present) } :: else fi;
#elif BACKFILL == INSERT_IGNORE
       d_step {
         read_version = primary_version[row]; read_present = primary_present[row];
         printf("@ p7 backfill, primary: read row%d -> v%d present=%d\n", row, read_version, read_present)
       }
       if
       :: read_present ->
          atomic { if :: !secondary_present[row] -> write_secondary(row, read_version, read_present) :: else fi }
       :: else
       fi;
#elif BACKFILL == LOCK_AND_IGNORE
       if
       :: atomic { (primary_present[row] == 0) -> read_present = 0 }
       :: atomic {
            primary_present[row] == 1 && primary_lock[row] == 0 -> primary_lock[row] = ME; primary_session_lost[id] = 0;
            read_version = primary_version[row]; read_present = 1;
            printf("@ p7 backfill, primary: FOR UPDATE row%d -> v%d\n", row, read_version)
          }
       fi;
       if
       :: read_present ->
          atomic { if :: !secondary_present[row] -> write_secondary(row, read_version, read_present) :: else fi };
          d_step { if :: primary_session_lost[id] -> primary_session_lost[id] = 0 :: else -> primary_lock[row] = 0 fi }
       :: else
       fi;
#else
       fenced_apply(row);
       if :: !ok -> goto again :: else fi;
#endif
       d_step { row++; read_version = 0; read_present = 0; ok = 0 }
    :: else -> break
    od
  } unless {
    d_step { killed[id] -> killed[id] = 0; read_version = 0; read_present = 0; seen = 0; ok = 0; holds_lock = 0 };
    goto again
  };
  others_done++
}
#endif

#define OTHERS ((VERIFY != NONE) + (BACKFILL != NONE))

init {
  byte i = 0;
  atomic {
    if
    :: BACKFILL != NONE -> primary_present[0] = 1; primary_version[0] = 1; primary_present[LAST] = 1; primary_version[LAST] = 1
    :: else
    fi;
    i = 0; do :: i < WRITERS -> run Writer(i); i++ :: else -> break od;
#if RELAY != NONE
    i = 0; do :: i < RELAYS -> run Relay(WRITERS + i); i++ :: else -> break od;
#endif
#if READ_REPLICA
    run ReadReplica();
#endif
#if KILLS > 0
    run Killer();
#endif
#if LOST_SESSIONS > 0
    run SessionKiller();
#endif
#if COMPACT != NONE
    run Compaction();
#endif
#if FORGET_VERSIONS
    run ForgetVersions();
#endif
#if VERIFY != NONE
    run Verify(VERIFY_ID);
#endif
#if BACKFILL != NONE
    run Backfill(BACKFILL_ID);
#endif
    i = 0;
    do
    :: i < PROCESSES -> alive[i] = (i < LIVE_PROCESSES || (BACKFILL != NONE && i == BACKFILL_ID)); i++
    :: else -> break
    od;
    i = 0
  }
  /* At rest (writers finished or dead, journal drained) both sides hold the same rows. */
  atomic {
    writers_done == WRITERS && (RELAY == NONE || relays_done == RELAYS) && others_done == OTHERS ->
    i = 0;
    do
    :: i < ROWS ->
       assert(secondary_present[i] == primary_present[i]);                                  /* W2 W3 W6 W12 */
       assert(!primary_present[i] || secondary_version[i] == primary_version[i]);           /* W2 W3 W6 W12 */
       i++
    :: else -> break
    od
  }
}
