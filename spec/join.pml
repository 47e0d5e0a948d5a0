/* join.pml: leaving source-only.
 *
 * A write transaction that began in source-only journals nothing. The backfill copies the row by a fenced apply once
 * the stage is source-first. If such a transaction commits after the copy, its write reaches the secondary never (C27).
 * So a barrier must stand between the new stage and the first apply of the backfill.
 *
 * Modelled: two writers of one row, which notice the new stage when they like; the controller that publishes the stage,
 * passes the barrier and then backfills; with BARRIER=LEASE also kill -9 of a writer at any step.
 *
 * Checked (invariants of DESIGN section 9):
 *   W3, W12  at rest, the secondary holds the last committed version or the journal holds the key      init, last step
 *   No process waits for ever (Spin's invalid end states).
 *
 * Options (-DNAME=VALUE):
 *   BARRIER=NONE         (wrong) backfill starts as soon as the stage is published
 *   BARRIER=ACK_ANYTIME  (wrong) every process acknowledged, some in the middle of a transaction
 *   BARRIER=ACK_BETWEEN  every process acknowledged between transactions; hangs when one dies
 *   BARRIER=FENCE        `armed`: the fence row's epoch moves under the exclusive lock, which waits for open
 *                        transactions and refuses late ones
 *   BARRIER=LEASE        every process acknowledged between transactions or its lease ran out; then transactions still
 *                        open in the server are waited for
 *   LEASE_CHECK=...      what a process does about its own lease (BARRIER=LEASE)
 *       NEVER            (wrong) nothing
 *       BEFORE           (wrong when it can pause) looks before it sends the first statement; it may be paused between
 *       WITH_BEGIN       as BEFORE, and nothing can come between the look and the statement's arrival in the server
 *       BEFORE_COMMIT    looks when its transaction is open in the server: sound however long it is paused
 *   SERVER_WAIT=0        (wrong) open transactions are not waited for
 *   RENEW=FROM_REPLY     (wrong) a renewed lease counts from the answer, not from the moment at which the stage was read
 *   RENEW_INSIDE=1       the heartbeat may renew the lease in the middle of a transaction
 *   KILLS, OPERATIONS (per writer)
 */
#define NONE          0
#define ACK_ANYTIME   1
#define ACK_BETWEEN   2
#define FENCE         3
#define LEASE         4

#define NEVER         0
#define BEFORE        1
#define WITH_BEGIN    2
#define BEFORE_COMMIT 3

#define FROM_READ     0
#define FROM_REPLY    1

#ifndef BARRIER
#define BARRIER FENCE
#endif
#ifndef LEASE_CHECK
#define LEASE_CHECK BEFORE_COMMIT
#endif
#ifndef SERVER_WAIT
#define SERVER_WAIT 1
#endif
#ifndef RENEW
#define RENEW FROM_READ
#endif
#ifndef RENEW_INSIDE
#define RENEW_INSIDE 0
#endif
#ifndef KILLS
#define KILLS 0
#endif
#ifndef OPERATIONS
#define OPERATIONS 2
#endif

#define SOURCE_ONLY  0
#define SOURCE_FIRST 1
#define ME (id + 1)

byte primary_version = 1, secondary_version = 0;
byte primary_lock, key_lock, journal;
byte fence_shares, epoch = 1;              /* BARRIER=FENCE */
byte stage = SOURCE_ONLY;                  /* the stage source */
byte writers_done, backfill_done;
byte acks; bool acked[2];
#if BARRIER == LEASE
bool leased[2];                            /* as the controller sees it */
bool in_transaction[2];                      /* a write transaction is open in the server */
bool killed[2];
#endif

inline fenced_apply() {
  atomic { key_lock == 0 -> key_lock = ME };
  d_step { read_version = primary_version; seen = journal; printf("@ p%d  primary: read v%d, journal seen=%d\n", id, read_version, seen) };
  atomic { secondary_version = read_version; key_lock = 0; printf("@ p%d  secondary: commit v%d\n", id, read_version) };
  d_step { journal = journal & ~seen; read_version = 0; seen = 0 }
}

inline acknowledge() { acked[id] = 1; acks++ }

#if BARRIER != LEASE
proctype Writer(byte id) {
  byte operation = 0, known = SOURCE_ONLY, read_version = 0, seen = 0; bool ok = 0;
  do
  :: operation < OPERATIONS ->
     if :: known = stage :: skip fi;
#if BARRIER == ACK_ANYTIME
     if :: stage == SOURCE_FIRST && !acked[id] -> acknowledge() :: else fi;
#elif BARRIER == ACK_BETWEEN
     if :: stage == SOURCE_FIRST && !acked[id] -> atomic { known = SOURCE_FIRST; acknowledge() } :: else fi;
#endif
     atomic { primary_lock == 0 -> primary_lock = ME };
     ok = 1;
#if BARRIER == FENCE
     /* share-locked look at the epoch; a refusal means refresh */
     atomic { if :: epoch == known + 1 -> fence_shares++ :: else -> ok = 0; known = epoch - 1; primary_lock = 0 fi };
#endif
#if BARRIER == ACK_ANYTIME
     if :: stage == SOURCE_FIRST && !acked[id] -> acknowledge() :: skip fi;         /* a timer, inside the transaction */
#endif
     if
     :: ok ->
        atomic {
          primary_version++; primary_lock = 0;
          if :: known == SOURCE_FIRST -> journal = journal | (1 << (id * OPERATIONS + operation)) :: else fi;
          if :: BARRIER == FENCE -> fence_shares-- :: else fi;
          printf("@ p%d  primary: COMMIT v%d journal=%d\n", id, primary_version, known)
        };
        if :: known == SOURCE_FIRST -> fenced_apply() :: else fi;
        operation++
     :: else
     fi
  :: else -> break
  od;
  atomic { if :: !acked[id] -> acknowledge() :: else fi; writers_done++ }
}
#else

/* One heartbeat: the process renews its lease and learns the stage, in one statement in the server. */
#if RENEW == FROM_READ
inline refresh() {
  atomic {
    leased[id] = 1; known = stage; printf("@ p%d  heartbeat: stage %d\n", id, known);
    if :: known == SOURCE_FIRST && !acked[id] -> acknowledge() :: else fi
  }
}
#else
inline refresh() {
  atomic { known = stage; printf("@ p%d  heartbeat: reads stage %d\n", id, known) };
  atomic { leased[id] = 1; printf("@ p%d  heartbeat: lease from now\n", id); if :: known == SOURCE_FIRST && !acked[id] -> acknowledge() :: else fi }
}
#endif

inline end_transaction() { d_step { in_transaction[id] = 0; if :: primary_lock == ME -> primary_lock = 0 :: else fi } }

proctype Writer(byte id) {
  byte operation = 0, known = SOURCE_ONLY, journals = 0, read_version = 0, seen = 0; bool ok = 0;
  {
    do
    :: operation < OPERATIONS ->
       if :: refresh() :: skip fi;                                      /* the heartbeat, when it comes */
#if LEASE_CHECK == BEFORE
       if :: atomic { leased[id] -> printf("@ p%d  looks at its lease: valid\n", id) } :: else -> refresh() fi;
#elif LEASE_CHECK == WITH_BEGIN
retry:
       if :: leased[id] :: else -> refresh() fi;
       atomic { if :: leased[id] :: else -> goto retry fi; in_transaction[id] = 1; journals = known };
#endif
#if LEASE_CHECK != WITH_BEGIN
       atomic { in_transaction[id] = 1; journals = known };
#endif
       printf("@ p%d  primary: begin, journal=%d\n", id, journals);
       atomic { primary_lock == 0 -> primary_lock = ME; ok = 1 };
#if RENEW_INSIDE
       if :: refresh() :: skip fi;
#endif
#if LEASE_CHECK == BEFORE_COMMIT
       /* the lease must stand for the stage this transaction began with */
       atomic { if :: leased[id] && known == journals :: else -> ok = 0; end_transaction() fi };
#endif
       if
       :: ok ->
          atomic {
            primary_version++; end_transaction();
            if :: journals == SOURCE_FIRST -> journal = journal | (1 << (id * OPERATIONS + operation)) :: else fi;
            printf("@ p%d  primary: COMMIT v%d journal=%d\n", id, primary_version, journals)
          };
          if :: journals == SOURCE_FIRST -> fenced_apply() :: else fi;
          operation++
       :: else -> refresh()
       fi
    :: else -> break
    od
  } unless { killed[id] };
  atomic {
    writers_done++;
    if :: !killed[id] && !acked[id] -> acknowledge() :: else fi;        /* an orderly exit says so; a killed one does not */
    killed[id] = 0; operation = 0; known = 0; journals = 0; read_version = 0; seen = 0; ok = 0
  }
}
#endif

proctype Backfill(byte id) {
  byte read_version = 0, seen = 0;
#if BARRIER == FENCE
  atomic { fence_shares == 0 -> epoch = 2 };
  stage = SOURCE_FIRST;
#elif BARRIER == LEASE
  byte i = 0;
  stage = SOURCE_FIRST; printf("@ controller: stage source-first\n");
  do
  :: i < 2 && acked[i] -> i++
  :: i < 2 && !acked[i] -> atomic { leased[i] = 0; printf("@ controller: lease of p%d ran out\n", i); i++ }
  :: i >= 2 -> break
  od;
#if SERVER_WAIT
  (!in_transaction[0]);
  (!in_transaction[1]);
#endif
  i = 0;
#else
  stage = SOURCE_FIRST;
  if :: BARRIER != NONE -> (acks == 2) :: else fi;
#endif
  fenced_apply();
  backfill_done = 1
}

#if KILLS > 0
proctype Killer() {
  byte id = 0, kills = 0;
  do
  :: atomic {
       kills < KILLS && writers_done < 2 ->
       if :: id = 0 :: id = 1 fi;
       killed[id] = 1; kills++; printf("@ p%d  *** kill -9\n", id); end_transaction();
       if :: key_lock == ME -> key_lock = 0 :: else fi; id = 0
     }
  :: writers_done == 2 || kills == KILLS -> break
  od
}
#endif

init {
  atomic {
#if BARRIER == LEASE
    leased[0] = 1; leased[1] = 1;
#endif
    run Writer(0); run Writer(1); run Backfill(2)
#if KILLS > 0
    ; run Killer()
#endif
  };
  /* At rest. What the journal holds a relay will apply. */
  atomic { writers_done == 2 && backfill_done -> assert(journal != 0 || primary_version == secondary_version) }      /* W3 W12 */
}
