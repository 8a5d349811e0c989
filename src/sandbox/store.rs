//! The tasks in memory. A change is in the ledger before it is visible.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use uuid::Uuid;

use super::error::SandboxError;
use super::ledger::Ledger;
use super::task::{Task, TaskEvent};

/// Where changes are kept.
#[derive(Debug)]
enum Keeping {
    /// In this process only.
    Memory,
    /// In a data folder.
    Folder(Ledger),
    /// Closed: the sandbox was shut down, or a write failed.
    Closed,
}

/// The tasks, in the order of their creation.
#[derive(Debug)]
pub(super) struct TaskStore {
    tasks: Vec<Task>,
    places: HashMap<Uuid, usize>,
    keeping: Keeping,
}

impl TaskStore {
    /// A store in the data folder, with what it held before; in memory, and empty, where there is none.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, SandboxError> {
        let mut store = Self {
            tasks: Vec::new(),
            places: HashMap::new(),
            keeping: Keeping::Memory,
        };
        if let Some(folder) = folder {
            let (ledger, events) = Ledger::open(folder)?;
            for event in events {
                store.show(event);
            }
            store.keeping = Keeping::Folder(ledger);
        }
        Ok(store)
    }

    /// Makes an event durable, and then lets it be seen.
    ///
    /// # Errors
    ///
    /// It could not be made durable. Later events are refused, too.
    pub(super) fn commit(&mut self, event: TaskEvent) -> io::Result<()> {
        match &mut self.keeping {
            Keeping::Memory => {}
            Keeping::Folder(ledger) => {
                if let Err(error) = ledger.append(&event) {
                    self.close();
                    return Err(error);
                }
            }
            Keeping::Closed => return Err(io::Error::other("the sandbox no longer takes changes; start it again")),
        }
        self.show(event);
        Ok(())
    }

    /// Refuses further changes and releases the data folder.
    pub(super) fn close(&mut self) {
        self.keeping = Keeping::Closed;
    }

    pub(super) fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    pub(super) fn task(&self, id: Uuid) -> Option<&Task> {
        self.places.get(&id).and_then(|place| self.tasks.get(*place))
    }

    fn show(&mut self, event: TaskEvent) {
        match event {
            TaskEvent::Created(task) => {
                self.places.insert(task.id, self.tasks.len());
                self.tasks.push(task);
            }
            TaskEvent::Moved { id, status } => {
                if let Some(task) = self.task_mut(id) {
                    task.status = status;
                }
            }
            TaskEvent::CandidatesAdded(added) => {
                for (id, number) in added {
                    if let Some(task) = self.task_mut(id) {
                        task.candidates += number;
                    }
                }
            }
        }
    }

    fn task_mut(&mut self, id: Uuid) -> Option<&mut Task> {
        self.places.get(&id).and_then(|place| self.tasks.get_mut(*place))
    }
}
