/* switch.pml: authority moves from the source (side 0) to the target (side 1) under a fleet of writers.
 *
 * Modelled: application processes that read, increment and commit one row on the side their stage calls primary and
 * take a generated id there; the journal in that side; fenced applies to the other side, by the writers and a relay;
 * a controller that switches (and switches back); a second controller that aborts or recovers at any moment, so the
 * first may be a zombie; kill -9, killed sessions, pauses of any length (every interleaving). The stage a process
 * has cached may be arbitrarily stale.
 *
 * Checked (invariants of DESIGN section 9):
 *   W3  at rest, both sides hold every committed increment: no acked write is lost     init, last step
 *   W8  a commit happens only on a side that is primary at that instant                App, commit
 *   W8  never two primaries                                                            set_role(), raise_role()
 *   W8  no generated id is given to two rows                                           App, commit
 *   W1  a read accepted after an ack shows at least that write                         Reader
 *   No process waits for ever (Spin's invalid end states): a switch ends, whoever dies.
 *
 * Options (-DNAME=VALUE):
 *   SWITCH=...           NAIVE     every process follows the stage source in its own time
 *                        LEASE     freeze, wait for acks or expired leases, drain, publish; no fence in the databases
 *                        ACK_ALL   as LEASE, but waits for every process for ever
 *                        FENCED    the protocol: a fence row (role, epoch) on each side, share-locked to the commit by
 *                                  every write and every apply; a role changes under the exclusive lock, by
 *                                  compare-and-set; the old primary gives up (the decision), then the other side opens
 *   CHECK=...            when a write transaction checks its side's fence
 *                        FIRST     at its first write, share lock held to the commit
 *                        LATE      merged with the journal insert just before the commit, share lock held to the commit
 *                        LATE_SNAPSHOT   (wrong) as LATE, but a plain read in the transaction's old snapshot
 *                        LATE_UNLOCKED   (wrong) as LATE, a current read, but no lock held to the commit
 *   APPLY_FENCE=0        (wrong) applies do not check the fence of the side they write
 *   MOVE_SEQUENCE=0      (wrong) the sequence of the new primary is not moved past the old one's
 *   DRAIN=0              (wrong) authority moves with entries in the journal
 *   COMPARE_AND_SET=0    (wrong) the controller writes roles blindly
 *   STRICT=1             level L3: secondary transaction opened before, committed after the primary's commit
 *   BACK=1               a second switch leads back       ABORT=1   the second controller
 *   READ=...             CACHED: the reader follows its cached stage; FENCE_SNAPSHOT: it accepts only primary or frozen,
 *                        read in the same snapshot as the row
 *   KILLS, LOST_SESSIONS, WRITERS, OPERATIONS (per writer)
 *   IDS=0                no check of ids, so that the search goes on to the lost update
 *
 * Not modelled here: several rows, shards (shards.pml), cohorts, source-only (join.pml), timeouts of the freeze.
 */
#define NAIVE          0
#define LEASE          1
#define ACK_ALL        2
#define FENCED         3

#define FIRST          0
#define LATE           1
#define LATE_SNAPSHOT  2
#define LATE_UNLOCKED  3

#define NONE           0
#define CACHED         1
#define FENCE_SNAPSHOT 2

#ifndef SWITCH
#define SWITCH FENCED
#endif
#ifndef CHECK
#define CHECK FIRST
#endif
#ifndef APPLY_FENCE
#define APPLY_FENCE 1
#endif
#ifndef MOVE_SEQUENCE
#define MOVE_SEQUENCE 1
#endif
#ifndef DRAIN
#define DRAIN 1
#endif
#ifndef COMPARE_AND_SET
#define COMPARE_AND_SET 1
#endif
#ifndef STRICT
#define STRICT 0
#endif
#ifndef BACK
#define BACK 0
#endif
#ifndef ABORT
#define ABORT 0
#endif
#ifndef READ
#define READ NONE
#endif
#ifndef KILLS
#define KILLS 0
#endif
#ifndef LOST_SESSIONS
#define LOST_SESSIONS 0
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef OPERATIONS
#define OPERATIONS 1
#endif
#ifndef IDS
#define IDS 1
#endif

/* roles of a side */
#define PRIMARY   1
#define SECONDARY 2
#define FROZEN    3

/* stages in the stage source; 0 and 1 are also the side that is primary */
#define SOURCE_FIRST 0
#define TARGET_FIRST 1
#define STAGE_FROZEN 2

#define PROCESSES (WRITERS + 1)      /* writers and the relay */
#define IS_FENCED (SWITCH == FENCED)
#define ME (id + 1)                  /* owner of a lock; 0 = free */

byte role[2], epoch[2];              /* the fence rows */
byte fence_shares[2];                /* transactions that hold the fence's share lock */
byte value[2];                       /* the row */
byte row_lock[2];
byte key_lock[2];                    /* lock of the key, for applies to that side */
byte journal[2];                     /* bit set of entries */
byte sequence[2];                    /* next generated id */
byte used_ids;                       /* bit set: ids of committed rows */
byte committed;                      /* committed increments */
byte stage = SOURCE_FIRST;           /* the stage source */
bool acked[PROCESSES], leased[PROCESSES];
bool alive[PROCESSES], killed[PROCESSES];
bool write_session_lost[PROCESSES], apply_session_lost[PROCESSES];
byte write_fence[PROCESSES], apply_fence[PROCESSES];   /* side + 1 whose fence the session has share-locked */
byte writers_done = 0, controllers_done = 0, relay_done = 0, others_done = 0;

#define WRITES_AND_SWITCHES_DONE (writers_done == WRITERS && controllers_done == (1 + ABORT))
#define ALL_DONE (relay_done == 1)

inline end_write_session() {
  d_step {
    if :: write_fence[id] > 0 -> fence_shares[write_fence[id] - 1]--; write_fence[id] = 0 :: else fi;
    if :: row_lock[0] == ME -> row_lock[0] = 0 :: else fi;
    if :: row_lock[1] == ME -> row_lock[1] = 0 :: else fi
  }
}
inline end_apply_session() {
  d_step {
    if :: apply_fence[id] > 0 -> fence_shares[apply_fence[id] - 1]--; apply_fence[id] = 0 :: else fi;
    if :: key_lock[0] == ME -> key_lock[0] = 0 :: else fi;
    if :: key_lock[1] == ME -> key_lock[1] = 0 :: else fi
  }
}

/* Fenced apply: share the fence of the side written, lock the key there, read the other side, write, commit. */
inline apply(from, to) {
  atomic {
    if
    :: !IS_FENCED || !APPLY_FENCE -> skip; applying = 1
    :: IS_FENCED && APPLY_FENCE && role[to] == SECONDARY -> fence_shares[to]++; apply_fence[id] = to + 1; applying = 1
    :: else -> applying = 0
    fi;
    apply_session_lost[id] = 0
  };
  if
  :: !applying
  :: else ->
     atomic {
       key_lock[to] == 0 || apply_session_lost[id] ->
       if :: !apply_session_lost[id] -> key_lock[to] = ME; printf("@ p%d  apply %d->%d: lock key\n", id, from, to) :: else fi
     };
     d_step {
       read_value = value[from]; seen = journal[from];
       printf("@ p%d  apply %d->%d: read value %d\n", id, from, to, read_value)
     };
     atomic {
       row_lock[to] == 0 || apply_session_lost[id] ->
       if
       :: apply_session_lost[id] -> apply_session_lost[id] = 0; applying = 0
       :: else ->
          value[to] = read_value; printf("@ p%d  apply %d->%d: commit value %d\n", id, from, to, read_value);
          end_apply_session()
       fi
     };
     d_step { if :: applying -> journal[from] = journal[from] & ~seen :: else fi; read_value = 0; seen = 0; applying = 0 }
  fi
}

/* A write transaction's look at its side's fence. */
#define FENCE_ADMITS (role[side] == PRIMARY && epoch[side] == cached_epoch)
inline check_fence() {
  if
  :: write_session_lost[id] -> ok = 0
  :: !write_session_lost[id] && FENCE_ADMITS -> fence_shares[side]++; write_fence[id] = side + 1
  :: else -> ok = 0; printf("@ p%d  side%d: fence refuses\n", id, side); end_write_session()
  fi
}

proctype App(byte id) {
  byte operation = 0, side = 0, cached_epoch = 0, before = 0, new_id = 0, read_value = 0, seen = 0;
  bool ok = 0, applying = 0;
#if CHECK == LATE_SNAPSHOT
  bool admitted_at_begin = 0;
#endif
  if :: IS_FENCED -> cached_epoch = epoch[0] :: else fi;
  {
    do
    :: operation < OPERATIONS ->
       /* learn the stage, or keep the cached one */
#if SWITCH == FENCED
       if
       :: skip
       :: atomic { role[0] == PRIMARY -> side = 0; cached_epoch = epoch[0] }
       :: atomic { role[1] == PRIMARY -> side = 1; cached_epoch = epoch[1] }
       fi;
#elif SWITCH == NAIVE
       if :: skip :: d_step { side = stage } fi;
#else
       atomic { stage != STAGE_FROZEN -> side = stage; leased[id] = 1; acked[id] = 0 };
#endif
       ok = 1;
       /* the native transaction */
       atomic {
         row_lock[side] == 0 -> row_lock[side] = ME; write_session_lost[id] = 0;
#if CHECK == LATE_SNAPSHOT
         admitted_at_begin = FENCE_ADMITS;
#endif
         printf("@ p%d  side%d: begin, lock row\n", id, side)
       };
#if SWITCH == FENCED && CHECK == FIRST
       atomic { check_fence() };
#endif
       d_step { before = value[side]; new_id = sequence[side]; sequence[side]++ };
#if SWITCH == LEASE || SWITCH == ACK_ALL
       if :: leased[id] :: else -> ok = 0; end_write_session() fi;    /* lease looked at right before the commit */
#endif
#if SWITCH == FENCED && CHECK == LATE
       atomic { if :: !ok -> skip :: else -> check_fence() fi };
#elif SWITCH == FENCED && CHECK == LATE_SNAPSHOT
       atomic { if :: admitted_at_begin :: else -> ok = 0; end_write_session() fi };
#elif SWITCH == FENCED && CHECK == LATE_UNLOCKED
       atomic { if :: FENCE_ADMITS :: else -> ok = 0; end_write_session() fi };
#endif
#if STRICT
       applying = 0;
       if
       :: !ok
       :: else ->
          atomic {
            if
            :: role[1 - side] == SECONDARY -> fence_shares[1 - side]++; apply_fence[id] = 1 - side + 1; applying = 1
            :: else -> applying = 0
            fi;
            apply_session_lost[id] = 0
          };
          if
          :: !applying
          :: else ->
             atomic {
               key_lock[1 - side] == 0 || apply_session_lost[id] ->
               if :: !apply_session_lost[id] -> key_lock[1 - side] = ME :: else fi
             }
          fi
       fi;
#endif
       /* commit: row, journal entry, id */
       atomic {
         if
         :: !ok || write_session_lost[id] ->
            write_session_lost[id] = 0; ok = 0; end_write_session(); if :: STRICT -> end_apply_session() :: else fi
         :: else ->
            value[side] = before + 1; committed++;
            journal[side] = journal[side] | (1 << (id * OPERATIONS + operation)); end_write_session();
            printf("@ p%d  side%d: COMMIT value %d, id %d (epoch %d)\n", id, side, before + 1, new_id, cached_epoch);
            assert(!IDS || (used_ids & (1 << new_id)) == 0);       /* W8 */
            used_ids = used_ids | (1 << new_id);
            assert(!IS_FENCED || role[side] == PRIMARY)            /* W8 */
         fi
       };
       if
       :: ok ->
#if STRICT
          if
          :: applying ->
             d_step {
               if
               :: apply_session_lost[id] -> apply_session_lost[id] = 0
               :: else ->
                  value[1 - side] = before + 1; end_apply_session();
                  journal[side] = journal[side] & ~(1 << (id * OPERATIONS + operation))
               fi;
               applying = 0
             }
          :: else
          fi;
#else
          apply(side, 1 - side);
#endif
          d_step { operation++; before = 0; new_id = 0; ok = 0 }
       :: else ->
          /* refused, or session lost: refresh and try again */
#if SWITCH == FENCED
          atomic {
            role[0] == PRIMARY || role[1] == PRIMARY ->
            if :: role[0] == PRIMARY -> side = 0 :: else -> side = 1 fi;
            cached_epoch = epoch[side]; before = 0; new_id = 0; applying = 0
          }
#else
          d_step { before = 0; new_id = 0 }
#endif
       fi;
#if SWITCH == LEASE || SWITCH == ACK_ALL
       acked[id] = 1;                                              /* between transactions: nothing is open */
#endif
    :: else -> break
    od
  } unless { killed[id] };
  atomic {
    killed[id] = 0; alive[id] = 0; leased[id] = 0;
    acked[id] = (SWITCH != ACK_ALL || operation == OPERATIONS);
    writers_done++;
    operation = 0; side = 0; cached_epoch = 0; before = 0; new_id = 0; read_value = 0; seen = 0; ok = 0; applying = 0
  }
}

proctype Relay(byte id) {
  byte read_value = 0, seen = 0; bool applying = 0;
  do
  :: journal[0] != 0 && (!IS_FENCED || role[1] == SECONDARY) -> apply(0, 1)
  :: journal[1] != 0 && (!IS_FENCED || role[0] == SECONDARY) -> apply(1, 0)
  :: WRITES_AND_SWITCHES_DONE && journal[0] == 0 && journal[1] == 0 -> break
  od;
  relay_done++
}

/* The exclusive lock of a fence: nobody shares it. set_role() is the compare-and-set on role and epoch, raise_role()
 * the step "unless somebody has brought this side to that epoch or beyond". */
#define NO_TWO_PRIMARIES assert(!(role[0] == PRIMARY && role[1] == PRIMARY))
inline set_role(side, old_role, old_epoch, new_role, new_epoch) {
  atomic {
    fence_shares[side] == 0 ->
    if
    :: !COMPARE_AND_SET || (role[side] == old_role && epoch[side] == old_epoch) ->
       role[side] = new_role; epoch[side] = new_epoch; won = 1;
       printf("@ controller%d side%d := role %d epoch %d\n", controller, side, new_role, new_epoch)
    :: else -> won = 0
    fi;
    NO_TWO_PRIMARIES      /* W8 */
  }
}
inline raise_role(side, new_role, new_epoch) {
  atomic {
    fence_shares[side] == 0 ->
    if
    :: !COMPARE_AND_SET || epoch[side] < new_epoch ->
       role[side] = new_role; epoch[side] = new_epoch; won = 1;
       printf("@ controller%d side%d := role %d epoch %d\n", controller, side, new_role, new_epoch)
    :: else -> won = 0
    fi;
    NO_TWO_PRIMARIES      /* W8 */
  }
}

inline move_sequence(from, to) {
  if
  :: MOVE_SEQUENCE -> d_step { if :: sequence[from] > sequence[to] -> sequence[to] = sequence[from] :: else fi }
  :: else
  fi
}

inline switch_over(from, to) {
#if SWITCH == FENCED
  atomic { at = epoch[from]; won = (role[from] == PRIMARY) };
  if :: won -> set_role(from, PRIMARY, at, FROZEN, at + 1) :: else fi;
  if
  :: won ->
     if :: DRAIN -> (journal[from] == 0 || epoch[from] != at + 1) :: else fi;
     move_sequence(from, to);
     set_role(from, FROZEN, at + 1, SECONDARY, at + 2);           /* the decision */
     if :: won -> raise_role(to, PRIMARY, at + 2); stage = to :: else fi
  :: else
  fi;
  at = 0; won = 0
#elif SWITCH == NAIVE
  move_sequence(from, to);
  d_step { stage = to; printf("@ stage source: %d-first\n", to) }
#else
  d_step { stage = STAGE_FROZEN; printf("@ stage source: frozen\n") };
  at = 0;
  do
  :: at < WRITERS && acked[at] -> at++
  :: SWITCH == LEASE && at < WRITERS && !acked[at] -> atomic { leased[at] = 0; printf("@ lease of p%d expired\n", at); at++ }
  :: at >= WRITERS -> break
  od;
  (journal[from] == 0);
  move_sequence(from, to);
  d_step { stage = to; at = 0; printf("@ stage source: %d-first\n", to) }
#endif
}

proctype Controller(byte controller) {
  byte at = 0; bool won = 0;
  switch_over(0, 1);
#if BACK
  switch_over(1, 0);
#endif
  controllers_done++
}

#if ABORT
/* Somebody else who takes the first controller for dead: before the decision back, after it forward. */
inline recover_frozen(frozen) {
  set_role(frozen, FROZEN, at, PRIMARY, at + 1); if :: won -> raise_role(1 - frozen, SECONDARY, at + 1) :: else fi
}
proctype Recovery(byte controller) {
  byte gave_up = 0, at = 0, attempts = 0; bool won = 0;
  do
  :: attempts < 2 ->
     if
     :: atomic { role[0] == FROZEN -> gave_up = 0; at = epoch[0] }; recover_frozen(gave_up)
     :: atomic { role[1] == FROZEN -> gave_up = 1; at = epoch[1] }; recover_frozen(gave_up)
     :: atomic { role[0] == SECONDARY && role[1] == SECONDARY -> gave_up = (epoch[0] > epoch[1] -> 0 : 1); at = epoch[gave_up] };
        raise_role(1 - gave_up, PRIMARY, at)
     :: controllers_done > 0 -> skip
     fi;
     attempts++; at = 0; won = 0; gave_up = 0
  :: else -> break
  od;
  /* Nobody may be left without a primary. */
  (controllers_done > 0);
  do
  :: atomic { role[0] == FROZEN -> at = epoch[0] }; recover_frozen(0)
  :: atomic { role[1] == FROZEN -> at = epoch[1] }; recover_frozen(1)
  :: atomic { role[0] == SECONDARY && role[1] == SECONDARY -> gave_up = (epoch[0] > epoch[1] -> 0 : 1); at = epoch[gave_up] };
     raise_role(1 - gave_up, PRIMARY, at)
  :: role[0] == PRIMARY || role[1] == PRIMARY -> break
  od;
  controllers_done++
}
#endif

#if READ != NONE
proctype Reader() {
  byte side = 0, acked_before = 0, reads = 0;
  do
  :: reads < 2 ->
     if
     :: skip
     :: d_step {
          if
          :: IS_FENCED -> if :: role[1] == PRIMARY -> side = 1 :: role[0] == PRIMARY -> side = 0 :: else fi
          :: else -> if :: stage == TARGET_FIRST -> side = 1 :: stage == SOURCE_FIRST -> side = 0 :: else fi
          fi
        }
     fi;
     acked_before = committed;
#if READ == CACHED
     d_step {
       printf("@ reader: side%d shows %d (committed before: %d)\n", side, value[side], acked_before);
       assert(value[side] >= acked_before)      /* W1 */
     };
#else
     d_step { if :: role[side] == PRIMARY || role[side] == FROZEN -> assert(value[side] >= acked_before) :: else fi };      /* W1 */
#endif
     d_step { reads++; acked_before = 0 }
  :: reads >= 2 || writers_done == WRITERS -> break
  od;
  others_done++
}
#endif

#if KILLS > 0
proctype Killer() {
  byte id = 0, kills = 0;
  do
  :: atomic {
       kills < KILLS && !ALL_DONE ->
       if :: alive[0] -> id = 0 :: WRITERS > 1 && alive[WRITERS - 1] -> id = WRITERS - 1 :: else -> id = PROCESSES fi;
       if
       :: id < PROCESSES ->
          killed[id] = 1; kills++; printf("@ p%d  *** kill -9\n", id); end_write_session(); end_apply_session()
       :: else -> kills = KILLS
       fi;
       id = 0
     }
  :: ALL_DONE || kills == KILLS -> break
  od
}
#endif

#if LOST_SESSIONS > 0
proctype SessionKiller() {
  byte id = 0, lost = 0;
  do
  :: atomic {
       lost < LOST_SESSIONS && !ALL_DONE ->
       if :: id = 0 :: id = 1 :: PROCESSES > 2 -> id = PROCESSES - 1 fi;
       if
       :: (write_fence[id] > 0 || row_lock[0] == ME || row_lock[1] == ME) ->
          write_session_lost[id] = 1; lost++; printf("@ server ends write session of p%d\n", id); end_write_session()
       :: (apply_fence[id] > 0 || key_lock[0] == ME || key_lock[1] == ME) ->
          apply_session_lost[id] = 1; lost++; printf("@ server ends apply session of p%d\n", id); end_apply_session()
       :: else
       fi;
       id = 0
     }
  :: ALL_DONE || lost == LOST_SESSIONS -> break
  od
}
#endif

init {
  byte i = 0;
  atomic {
    role[0] = PRIMARY; role[1] = SECONDARY; epoch[0] = 1; epoch[1] = 1;
    do :: i < PROCESSES -> alive[i] = (i < WRITERS); leased[i] = 1; acked[i] = 1; i++ :: else -> break od;
    i = 0; do :: i < WRITERS -> run App(i); i++ :: else -> break od;
    run Relay(WRITERS);
    run Controller(1);
#if ABORT
    run Recovery(2);
#endif
#if READ != NONE
    run Reader();
#endif
#if KILLS > 0
    run Killer();
#endif
#if LOST_SESSIONS > 0
    run SessionKiller();
#endif
  }
  /* At rest both sides hold every committed increment. */
  atomic {
    relay_done == 1 && others_done == (READ != NONE) ->
    printf("@ end: committed=%d source=%d target=%d\n", committed, value[0], value[1]);
    assert(value[0] == value[1]);      /* W3 */
    assert(value[0] == committed)      /* W3 */
  }
}
