//! What the values and properties of a node tell about those that it lacks: `start at="…"`, `call-window "09:10" "19:50"`.

use super::setting::SettingBuilder;
use super::value::literal;
use crate::fields::{Dialect, Field, FieldSpec, Setting, Written, choices_beside, properties_with};
use crate::syntax::{Entry, Node};

/// The properties that the arguments of a node stand for which it does not take, each with its name: the only one that takes
/// such a value, or as many as there are such values, in their order.
pub(super) fn properties_meant<'n, 't>(
    node: Node<'n, 't>,
    argument: Option<&FieldSpec>,
    surplus: &'n Entry<'t>,
    stated: &SettingBuilder<'_>,
) -> Vec<(&'static str, &'n Entry<'t>)> {
    let choice = argument.and_then(|spec| stated.get(spec.id)?.value.as_ref()?.choice(spec));
    let is_written = |spec: &&FieldSpec| {
        let mut names = node.entries().iter().filter_map(|entry| entry.name.as_ref());
        names.any(|name| spec.property() == Some(&*name.text))
    };
    let is_spoken = |spec: &&FieldSpec| spec.dialect == Dialect::Classic;
    let all = properties_with(stated.setting, choice.map(|choice| choice.written.word()));
    let free: Vec<&FieldSpec> = all
        .into_iter()
        .filter(|spec| is_spoken(spec) && !is_written(spec))
        .collect();
    let takes =
        |spec: &FieldSpec, entry: &Entry<'_>| literal(&entry.value).is_some_and(|value| spec.kind.read(value).is_ok());
    let from = node
        .entries()
        .iter()
        .filter(|entry| entry.name.is_none() && entry.start() >= surplus.start());
    let surplus: Vec<&Entry<'_>> = from.collect();
    let fits: Vec<&FieldSpec> = match surplus.as_slice() {
        [only] => free.into_iter().filter(|spec| takes(spec, only)).collect(),
        several => free
            .into_iter()
            .filter(|spec| several.iter().all(|entry| takes(spec, entry)))
            .collect(),
    };
    if fits.len() != surplus.len() {
        return Vec::new();
    }
    let names = fits.into_iter().filter_map(FieldSpec::property);
    names.zip(surplus).collect()
}

/// The only choice for the argument of a node beside which its properties have an effect, as source text.
pub(super) fn choice_meant(node: Node<'_, '_>, setting: Setting) -> Option<String> {
    let names = node.entries().iter().map(|entry| entry.name.as_ref());
    let fields: Option<Vec<Field>> = names.map(|name| Some(setting.property(&name?.text)?.id)).collect();
    let fields = fields.filter(|fields| !fields.is_empty())?;
    match choices_beside(setting, &fields).as_slice() {
        [only] if only.written != Written::Implied => Some(only.written.source()),
        _ => None,
    }
}
