//! Fixes: what each writes, that none leaves anything new, and the command that carries them out.

mod command;
mod comments;
mod diff;
mod left_out;
mod made;
mod site;
mod sound;
