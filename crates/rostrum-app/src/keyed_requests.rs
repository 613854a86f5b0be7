//! Requests that carry an `Idempotency-Key`.
//!
//! [`App::begin_keyed`] says what is to be done with one: carry it out, or answer as before. What a request makes gets its ids
//! and secrets from `App::mint`, which derives them from a seed that is kept with the key: when a crash came between what a
//! request did and its answer, it is carried out again, finds by the ids what it made, and answers with that.

use chrono::{DateTime, Utc};
use rostrum_model::asset::ContentHash;
use rostrum_model::clock::{Chance, Clock};
use rostrum_model::ids::WorkspaceId;
use rostrum_model::keyed_request::{IdempotencyKey, KEY_WINDOW, KeptAnswer, KeyedRequest, KeyedState};
use rostrum_store::StoreError;
use sha2::{Digest, Sha256};

use crate::App;

/// What is to be done with a request that carries a key.
pub enum Begun {
    /// Carry it out; then tell [`App::end_keyed`] how it ended.
    CarryOut(KeyedRequest),
    /// It was carried out: this was the answer.
    Answered {
        /// The answer.
        answer: KeptAnswer,
        /// Whether the body is known to be another one than the first.
        differs: bool,
    },
    /// It is being carried out.
    Running,
    /// It came with another body before, which was to be refused.
    OtherBody,
}

/// How a request ended.
pub enum Ended {
    /// It was carried out, with this answer.
    CarriedOut(KeptAnswer),
    /// It was refused, and nothing was done.
    Refused,
    /// A fault of ours ended it.
    Interrupted,
}

/// Where the ids and secrets of what a request makes come from.
#[derive(Clone, Copy)]
pub(crate) struct Seed {
    seed: [u8; 32],
    /// When the request first came.
    at: DateTime<Utc>,
}

/// The chance of one thing that a request makes.
struct Minted {
    seed: Seed,
    label: String,
}

impl Clock for Minted {
    fn now(&self) -> DateTime<Utc> {
        self.seed.at
    }
}

impl Chance for Minted {
    fn fill(&self, bytes: &mut [u8]) {
        for (block, chunk) in (0u64..).zip(bytes.chunks_mut(32)) {
            let hash = Sha256::new()
                .chain_update(self.seed.seed)
                .chain_update(block.to_be_bytes())
                .chain_update(&self.label)
                .finalize();
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
    }
}

impl App {
    /// Begins a request with a key. `operation` is method, path and query; `body` is left out where bodies are not compared. One
    /// that differs from the first is answered like the first unless `refuses_other_body`.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn begin_keyed(
        &self,
        workspace_id: WorkspaceId,
        operation: &str,
        key: &IdempotencyKey,
        body: Option<&[u8]>,
        refuses_other_body: bool,
    ) -> Result<Begun, StoreError> {
        let (backends, now) = (&self.backends, self.backends.clock.now());
        let requests = backends.store.keyed_requests();
        let id = Sha256::digest(format!("{workspace_id}\n{key}\n{operation}"));
        let body_hash = body.map(|body| ContentHash(Sha256::digest(body).into()));
        let new = KeyedRequest {
            id: ContentHash(id.into()),
            workspace_id,
            operation: operation.to_owned(),
            seed: backends.chance.bytes(),
            body_hash,
            state: KeyedState::Running,
            created_at: now,
        };
        // Comes round again only when what was there ends or expires meanwhile.
        loop {
            if requests.add(&new).await? {
                return Ok(Begun::CarryOut(new));
            }
            let Some(first) = requests.get(new.id).await? else { continue };
            if first.is_over(now) && first.state != KeyedState::Running {
                requests.delete_until(now - KEY_WINDOW).await?;
                continue;
            }
            let differs = first.differs(body_hash);
            if differs && refuses_other_body {
                return Ok(Begun::OtherBody);
            }
            match first.state {
                KeyedState::Answered(answer) => return Ok(Begun::Answered { answer, differs }),
                KeyedState::Interrupted if requests.resume(new.id).await? => {
                    return Ok(Begun::CarryOut(first));
                }
                KeyedState::Running | KeyedState::Interrupted => return Ok(Begun::Running),
            }
        }
    }

    /// Ends a request that was begun. When this returns, an answer is durable.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn end_keyed(&self, request: &KeyedRequest, ended: Ended) -> Result<(), StoreError> {
        let requests = self.backends.store.keyed_requests();
        match ended {
            Ended::CarriedOut(answer) => requests.answer(request.id, answer).await,
            Ended::Refused => requests.delete(request.id).await,
            Ended::Interrupted => requests.interrupt(request.id).await,
        }
    }

    /// Forgets requests whose keys stand for nothing any more; gives how many.
    ///
    /// # Errors
    /// When the records do not answer.
    pub async fn forget_old_keys(&self) -> Result<u64, StoreError> {
        self.backends.store.keyed_requests().delete_until(self.backends.clock.now() - KEY_WINDOW).await
    }

    /// The product on behalf of a request with a key: what its use cases make gets the same ids each time it is carried out.
    #[must_use]
    pub fn on_behalf_of(&self, request: &KeyedRequest) -> Self {
        Self { seed: Some(Seed { seed: request.seed, at: request.created_at }), ..self.clone() }
    }

    /// The id of something that is made: a new one, or on behalf of a request with a key always the same for a label.
    pub(crate) fn mint<T>(&self, label: &str, generate: fn(&dyn Clock, &dyn Chance) -> T) -> T {
        let backends = &self.backends;
        match self.seed {
            None => generate(&*backends.clock, &*backends.chance),
            Some(seed) => {
                let minted = Minted { seed, label: label.to_owned() };
                generate(&minted, &minted)
            }
        }
    }

    /// Bytes for a secret, likewise.
    pub(crate) fn mint_secret<const N: usize>(&self, label: &str) -> [u8; N] {
        match self.seed {
            None => self.backends.chance.bytes(),
            Some(seed) => (&Minted { seed, label: label.to_owned() } as &dyn Chance).bytes(),
        }
    }

    /// Whether ids may be known already, so that what is to be made may be there.
    pub(crate) fn may_have_made(&self) -> bool {
        self.seed.is_some()
    }
}
