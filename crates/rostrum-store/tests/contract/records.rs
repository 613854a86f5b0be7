//! Records to test with: ids in order, instants one second apart.

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use rostrum_model::asset::{Asset, AssetMetadata, ContentHash, MediaType};
use rostrum_model::avatar::{AvatarGroup, Look};
use rostrum_model::batch::{BatchItem, ItemOutcome, VideoBatch};
use rostrum_model::clock::{Chance, Clock, ManualClock};
use rostrum_model::consent::{Consent, ConsentMeans, ConsentPage};
use rostrum_model::credits::{CreditEntry, Credits, EntryKind};
use rostrum_model::delivery::{Delivery, DeliveryState};
use rostrum_model::event::{AssetReady, Event, EventData};
use rostrum_model::folder::{Folder, FolderName, ProjectType};
use rostrum_model::glossary::{BrandGlossary, ForcedTranslation, GlossaryContent, Term};
use rostrum_model::ids::{
    ApiKeyId, AssetId, AvatarGroupId, BatchId, ConsentId, CreditEntryId, DeliveryId, EventId, FolderId,
    GlossaryId, LookId, SigningKeyId, SpeechId, VideoId, VoiceId, WebhookEndpointId, WorkspaceId,
};
use rostrum_model::keyed_request::{KeyedRequest, KeyedState};
use rostrum_model::picture::Size;
use rostrum_model::presenter::Appearance;
use rostrum_model::processing::Processing;
use rostrum_model::scope::Scopes;
use rostrum_model::speech::Speech;
use rostrum_model::upload::{BatchPlace, SigningKey, Upload, UploadBatch, UploadState};
use rostrum_model::video::{
    Actor, Background, Callback, CaptionLook, Character, Expressiveness, Fade, Failure, Fit, Mark, Music,
    OutputFormat, Scene, Sound, Style, Video, VideoOutput, VideoSpec, VideoState, VoiceSettings, Watermark,
};
use rostrum_model::voice::{BlendPart, Gender, PrivateVoice, VoiceSource, VoiceState};
use rostrum_model::webhook::WebhookEndpoint;
use rostrum_model::workspace::{NewApiKey, Workspace};
use rostrum_store::Store;

/// Counts, so that ids differ.
struct Counting(AtomicU8);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// Makes records.
pub(crate) struct Records {
    clock: ManualClock,
    chance: Counting,
}

/// The instant `seconds` after the start of the test.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

impl Records {
    pub(crate) fn new() -> Self {
        Self { clock: ManualClock::new(at(0)), chance: Counting(AtomicU8::new(0)) }
    }

    /// The next record is made a second after the last one.
    fn tick(&self) -> DateTime<Utc> {
        self.clock.advance(TimeDelta::seconds(1));
        self.clock.now()
    }

    pub(crate) fn workspace(&self, name: &str) -> Workspace {
        let created_at = self.tick();
        Workspace { id: WorkspaceId::generate(&self.clock, &self.chance), name: name.to_owned(), created_at }
    }

    /// A workspace that is already in the store.
    pub(crate) async fn stored_workspace(&self, store: &Store) -> WorkspaceId {
        let workspace = self.workspace("stored");
        store.workspaces().add(&workspace).await.unwrap();
        workspace.id
    }

    pub(crate) fn api_key(&self, workspace_id: WorkspaceId, label: &str) -> NewApiKey {
        let created_at = self.tick();
        let mut key_hash = [0; 32];
        self.chance.fill(&mut key_hash);
        let id = ApiKeyId::generate(&self.clock, &self.chance);
        NewApiKey {
            id,
            workspace_id,
            key_hash,
            label: label.to_owned(),
            scopes: Scopes::default(),
            created_at,
        }
    }

    pub(crate) fn asset(&self, workspace_id: WorkspaceId) -> Asset {
        let created_at = self.tick();
        Asset {
            id: AssetId::generate(&self.clock, &self.chance),
            workspace_id,
            name: "Porträt 'eins'.png".to_owned(),
            media_type: MediaType::Png,
            size_bytes: 5_000_000_000,
            content_hash: ContentHash([0xc3; 32]),
            metadata: AssetMetadata {
                size: Some(Size { width: 4000, height: 3000 }),
                frame_count: Some(1),
                ..AssetMetadata::default()
            },
            folder_id: None,
            processing: Processing::Pending,
            created_at,
        }
    }

    pub(crate) fn folder(&self, workspace_id: WorkspaceId, name: &str) -> Folder {
        let created_at = self.tick();
        Folder {
            id: FolderId::generate(&self.clock, &self.chance),
            workspace_id,
            name: FolderName::new(name).unwrap(),
            project_type: ProjectType::Mixed,
            parent_id: None,
            trashed: None,
            created_at,
        }
    }

    /// The event that an asset was looked into.
    pub(crate) fn speech(&self, workspace_id: WorkspaceId) -> Speech {
        let created_at = self.tick();
        let id = SpeechId::generate(&self.clock, &self.chance);
        Speech { id, workspace_id, spoken: ContentHash([7; 32]), created_at }
    }

    pub(crate) fn event(&self, workspace_id: WorkspaceId, data: EventData) -> Event {
        let created_at = self.tick();
        Event { id: EventId::generate(&self.clock, &self.chance), workspace_id, data, created_at }
    }

    /// A delivery of an event that is due at once.
    pub(crate) fn delivery(&self, event: &Event) -> Delivery {
        let created_at = self.tick();
        Delivery {
            id: DeliveryId::generate(&self.clock, &self.chance),
            workspace_id: event.workspace_id,
            event_id: event.id,
            endpoint_id: None,
            url: "https://example.org/told".to_owned(),
            origin: "https://video.example.org".to_owned(),
            attempts: 0,
            state: DeliveryState::Due(created_at),
            last_fault: None,
            last_answer: None,
            created_at,
        }
    }

    pub(crate) fn endpoint(&self, workspace_id: WorkspaceId) -> WebhookEndpoint {
        let created_at = self.tick();
        WebhookEndpoint {
            id: WebhookEndpointId::generate(&self.clock, &self.chance),
            workspace_id,
            url: "https://example.org/hook".to_owned(),
            origin: "https://video.example.org".to_owned(),
            events: None,
            entity_id: None,
            secret: "whsec_bmV3".to_owned(),
            previous_secret: None,
            is_enabled: true,
            failing_since: None,
            created_at,
        }
    }

    pub(crate) fn credit_entry(
        &self,
        workspace_id: WorkspaceId,
        kind: EntryKind,
        subject: &str,
        amount: Credits,
    ) -> CreditEntry {
        let created_at = self.tick();
        let id = CreditEntryId::generate(&self.clock, &self.chance);
        CreditEntry { id, workspace_id, kind, subject: subject.to_owned(), amount, created_at }
    }

    pub(crate) fn keyed_request(&self, workspace_id: WorkspaceId) -> KeyedRequest {
        let created_at = self.tick();
        let [id, seed, body_hash] = [0; 3].map(|_| {
            let mut random = [0u8; 32];
            self.chance.fill(&mut random);
            random
        });
        KeyedRequest {
            id: ContentHash(id),
            workspace_id,
            operation: "POST /v3/videos".to_owned(),
            seed,
            body_hash: Some(ContentHash(body_hash)),
            state: KeyedState::Running,
            created_at,
        }
    }

    pub(crate) fn video_batch(
        &self,
        workspace_id: WorkspaceId,
        count: usize,
    ) -> (VideoBatch, Vec<BatchItem>) {
        let created_at = self.tick();
        let batch = VideoBatch {
            id: BatchId::generate(&self.clock, &self.chance),
            workspace_id,
            title: Some("Three".to_owned()),
            folder_id: Some(FolderId::generate(&self.clock, &self.chance)),
            callback: Callback { id: Some("mine".to_owned()), ..Callback::default() },
            finished_at: None,
            created_at,
        };
        let item = |index| BatchItem {
            batch_id: batch.id,
            index,
            body: format!("{{\"number\": {index}}}"),
            video_id: VideoId::generate(&self.clock, &self.chance),
            outcome: ItemOutcome::Queued,
        };
        let items = (0..count).map(item).collect();
        (batch, items)
    }

    pub(crate) fn ready_event(&self, asset: &Asset) -> Event {
        let created_at = self.tick();
        let data = EventData::AssetReady(AssetReady {
            asset_id: asset.id,
            name: asset.name.clone(),
            mime_type: asset.media_type.mime().to_owned(),
            size_bytes: asset.size_bytes,
            duration: Some(12.5),
            width: Some(3000),
            height: Some(4000),
        });
        let id = EventId::generate(&self.clock, &self.chance);
        Event { id, workspace_id: asset.workspace_id, data, created_at }
    }

    pub(crate) fn blend(&self, workspace_id: WorkspaceId, weight: u32) -> PrivateVoice {
        let created_at = self.tick();
        let part = |id: &str, weight| BlendPart { voice_id: id.to_owned(), weight };
        PrivateVoice {
            id: VoiceId::generate(&self.clock, &self.chance),
            workspace_id,
            name: "Ada 'eins'".to_owned(),
            gender: Gender::Female,
            language: "English".to_owned(),
            locale: "en-US".to_owned(),
            source: VoiceSource::Blend { parts: vec![part("af_heart", 1), part("af_bella", weight)] },
            state: VoiceState::Complete,
            created_at,
        }
    }

    pub(crate) fn clone_of(&self, workspace_id: WorkspaceId) -> PrivateVoice {
        PrivateVoice {
            gender: Gender::Unknown,
            language: "Français".to_owned(),
            locale: "fr-FR".to_owned(),
            source: VoiceSource::Clone {
                engine: "studio".to_owned(),
                sample: ContentHash([9; 32]),
                sample_mime: "audio/wav".to_owned(),
                remove_noise: true,
                remote_id: None,
            },
            state: VoiceState::Pending,
            ..self.blend(workspace_id, 1)
        }
    }

    pub(crate) fn avatar_group(&self, workspace_id: WorkspaceId) -> AvatarGroup {
        let created_at = self.tick();
        AvatarGroup {
            id: AvatarGroupId::generate(&self.clock, &self.chance),
            workspace_id,
            name: "Ada".to_owned(),
            default_voice_id: Some("af_heart".to_owned()),
            created_at,
        }
    }

    pub(crate) fn look(&self, group: &AvatarGroup, photo: &Asset) -> Look {
        let created_at = self.tick();
        Look {
            id: LookId::generate(&self.clock, &self.chance),
            workspace_id: group.workspace_id,
            group_id: group.id,
            name: "At work".to_owned(),
            photo: photo.id,
            size: Size { width: 512, height: 640 },
            appearance: Some(Box::new(appearance())),
            footage: None,
            created_at,
        }
    }

    pub(crate) fn consent(&self, group: &AvatarGroup) -> Consent {
        let created_at = self.tick();
        let mut token_hash = [0; 32];
        self.chance.fill(&mut token_hash);
        Consent {
            id: ConsentId::generate(&self.clock, &self.chance),
            workspace_id: group.workspace_id,
            group_id: group.id,
            text: "I agree to \"everything\".\nReally.".to_owned(),
            means: ConsentMeans::Page(ConsentPage {
                token_hash,
                expires_at: created_at + TimeDelta::hours(1),
                reroute_url: Some("https://example.com/?done=1".to_owned()),
                agreement: None,
            }),
            created_at,
        }
    }

    pub(crate) fn glossary(&self, workspace_id: WorkspaceId, name: &str) -> BrandGlossary {
        let created_at = self.tick();
        BrandGlossary {
            id: GlossaryId::generate(&self.clock, &self.chance),
            workspace_id,
            name: name.to_owned(),
            content: GlossaryContent {
                terms: vec![Term { term: "Nginx".to_owned(), pronunciation: "engine \"x\"".to_owned() }],
                do_not_translate: vec!["Rostrum".to_owned()],
                forced_translations: vec![ForcedTranslation {
                    term: "apple".to_owned(),
                    translation: "Äpfel".to_owned(),
                }],
            },
            created_at,
            updated_at: created_at,
        }
    }

    pub(crate) fn upload(&self, workspace_id: WorkspaceId) -> Upload {
        let created_at = self.tick();
        Upload {
            id: AssetId::generate(&self.clock, &self.chance),
            workspace_id,
            batch: None,
            name: "Film 'eins'.mp4".to_owned(),
            media_type: MediaType::Mp4,
            size_bytes: Some(6_000_000_000),
            checksum: Some(ContentHash([0x5a; 32])),
            folder_id: None,
            state: UploadState::Pending,
            created_at,
            expires_at: created_at + TimeDelta::hours(1),
        }
    }

    pub(crate) fn batch(&self, workspace_id: WorkspaceId, files: u32) -> (UploadBatch, Vec<Upload>) {
        let created_at = self.tick();
        let id = BatchId::generate(&self.clock, &self.chance);
        let title = Some("Holiday".to_owned());
        let batch = UploadBatch { id, workspace_id, title, completion_asked_at: None, created_at };
        let uploads = (0..files)
            .map(|index| Upload { batch: Some(BatchPlace { id, index }), ..self.upload(workspace_id) })
            .collect();
        (batch, uploads)
    }

    pub(crate) fn signing_key(&self) -> SigningKey {
        let created_at = self.tick();
        let mut secret = [0; 32];
        self.chance.fill(&mut secret);
        SigningKey { id: SigningKeyId::generate(&self.clock, &self.chance), secret, created_at }
    }

    pub(crate) fn video(&self, workspace_id: WorkspaceId, title: Option<&str>) -> Video {
        let created_at = self.tick();
        Video {
            id: VideoId::generate(&self.clock, &self.chance),
            workspace_id,
            title: title.map(str::to_owned),
            spec: VideoSpec {
                size: Size { width: 1080, height: 1350 },
                scenes: vec![Scene {
                    character: Some(Character {
                        style: Style::Circle { background_rgb: Some([1, 2, 3]) },
                        offset: [0.25, -0.5],
                        fit: Some(Fit::Contain),
                        expressiveness: Expressiveness::Medium,
                        motion_prompt: Some("nodding".to_owned()),
                        ..Character::new(Actor::Photo { image: AssetId::generate(&self.clock, &self.chance) })
                    }),
                    sound: Sound::Script {
                        text: "Hello \"world\" \u{1f600}\n".to_owned(),
                        voice_id: "af_heart".to_owned(),
                        settings: VoiceSettings { speed: 1.1, volume: 0.3, pitch: -2.0 },
                        terms: vec![],
                    },
                    background: Background::Colour([0, 127, 255]),
                    texts: Vec::new(),
                    camera: None,
                    fade: Fade { in_s: 0.3, out_s: 0.0 },
                }],
                format: OutputFormat::Webm,
                captions: Some(CaptionLook { anchor: Some(8), ..CaptionLook::default() }),
                watermark: Some(Watermark::new(Mark::Image {
                    asset: AssetId::generate(&self.clock, &self.chance),
                })),
                music: Some(Music {
                    sound: AssetId::generate(&self.clock, &self.chance),
                    volume: 0.2,
                    ducks: true,
                }),
            },
            state: VideoState::Pending,
            folder_id: Some(FolderId::generate(&self.clock, &self.chance)),
            callback: Callback {
                url: Some("https://example.org/told?a=1".to_owned()),
                id: Some("mine".to_owned()),
                origin: "https://video.example.org".to_owned(),
            },
            progress: 0.0,
            progressed_at: None,
            created_at,
        }
    }
}

/// Processing since `at(seconds)`.
pub(crate) fn processing(seconds: i64) -> VideoState {
    VideoState::Processing { started_at: at(seconds) }
}

/// Completed at `at(seconds)`.
pub(crate) fn completed(seconds: i64) -> VideoState {
    VideoState::Completed {
        completed_at: at(seconds),
        duration_s: 12.34,
        output: VideoOutput {
            video_key: "videos/1/output.mp4".to_owned(),
            thumbnail_key: "videos/1/thumbnail.jpg".to_owned(),
            captioned_key: None,
            gif_key: None,
            subtitle_key: Some("videos/1/subtitles.srt".to_owned()),
            vtt_key: None,
            size: Size { width: 1080, height: 1350 },
        },
    }
}

/// Failed at `at(seconds)`.
pub(crate) fn failed(seconds: i64) -> VideoState {
    let failure = Failure { code: "rendering_failed".to_owned(), message: "No face.".to_owned() };
    VideoState::Failed { failed_at: at(seconds), failure }
}

/// Somebody drawn.
fn appearance() -> Appearance {
    let appearance = serde_json::json!({
        "person": {"skin": "olive", "femininity": 0.95, "eyes": "green", "hair": "bun", "hair_colour": "auburn", "smile": 0.3},
        "outfit": {"garment": "lab_coat", "colour": "#f6f7f9", "second": "#3c8dad", "accent": "#b3413c"},
        "setting": {"top": "#eef3fb", "bottom": "#c9d8ef"},
    });
    serde_json::from_value(appearance).expect("an appearance")
}
