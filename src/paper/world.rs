//! All that Typst can see: the house style, one script, its pictures, two fonts.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::Flaw;
use super::script::Script;

/// Liberation Sans, as its makers released it (`src/paper/fonts/LICENSE`).
const FONTS: [&[u8]; 2] = [
    include_bytes!("fonts/LiberationSans-Regular.ttf"),
    include_bytes!("fonts/LiberationSans-Bold.ttf"),
];

/// Read once: a program that prints a year's pack asks for them often.
static TYPE: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts = FONTS.iter().filter_map(|file| Font::new(Bytes::new(*file), 0));
    let fonts: Vec<Font> = fonts.collect();
    (LazyHash::new(FontBook::from_fonts(fonts.iter())), fonts)
});

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

pub(super) struct House {
    main: Source,
    style: Source,
    pictures: Vec<(FileId, Bytes)>,
}

impl House {
    /// # Errors
    /// A letter that no font of the house has.
    pub fn open(script: Script) -> Result<House, Flaw> {
        let has = |c: char| TYPE.1.iter().all(|font| font.info().coverage.contains(c as u32));
        let odd = script.letters().find(|c| !c.is_whitespace() && *c != '\u{200b}' && !has(*c));
        if let Some(odd) = odd {
            return Err(Flaw(format!(
                "The letter \"{odd}\" (U+{:04X}) is not in the font of this house; write it in \
                 Latin, Greek or Cyrillic letters.",
                odd as u32
            )));
        }
        let pictures = script.pictures.into_iter();
        let pictures = pictures.map(|(name, file)| Ok((id(&name)?, Bytes::new(file))));
        Ok(House {
            main: Source::new(id("main.typ")?, script.text),
            style: Source::new(id("house.typ")?, include_str!("house.typ").to_string()),
            pictures: pictures.collect::<Result<_, Flaw>>()?,
        })
    }

    fn source_of(&self, id: FileId) -> Option<&Source> {
        [&self.main, &self.style].into_iter().find(|source| source.id() == id)
    }
}

fn id(name: &str) -> Result<FileId, Flaw> {
    let path = VirtualPath::new(name).map_err(|_| Flaw(format!("{name} is no file name")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

impl World for House {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &TYPE.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.source_of(id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if let Some(source) = self.source_of(id) {
            return Ok(Bytes::from_string(source.clone()));
        }
        let found = self.pictures.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        TYPE.1.get(index).cloned()
    }

    /// Papers carry the dates that they are given, and no other.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
