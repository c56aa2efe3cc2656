//! The writer's thread and the queue before it.
//!
//! Units are put into the queue without waking the thread: it comes by itself with the next tick
//! and takes all of them at once. Sixty-four cameras at 15 fps would else wake it 960 times a
//! second, which costs a third of what reading the network does. Orders that somebody waits for
//! wake it.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use super::commit::Writer;
use super::{Order, Told};
use crate::base::clock::Clock;
use crate::base::limits::DISK_QUEUE_BYTES_MAX;
use crate::base::name::CameraId;
use crate::base::time::Utc;
use crate::footage::GapReason;
use crate::footage::unit::AccessUnit;

/// Where orders and units go in. Clones are the same queue.
#[derive(Clone)]
pub struct Inlet(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    orders: Vec<Order>,
    /// Bytes of units in `orders`.
    bytes: usize,
    /// Bytes of units that the writer has taken and not yet written.
    writing: usize,
    urgent: bool,
    ended: bool,
    /// Cameras whose units were refused, since when.
    refused: HashMap<CameraId, Utc>,
    /// Footage that was refused, from and to, to be told.
    holes: Vec<(CameraId, Utc, Utc)>,
}

impl Inlet {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A panic while holding it cannot leave the queue half changed: every change is one push.
        self.0.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// An order that is not a unit; always taken, and the thread looks at it at once. A unit sent
    /// here is taken without a limit: use [`Inlet::unit`].
    pub fn send(&self, order: Order) {
        let mut queue = self.lock();
        if let Order::Unit { unit, .. } = &order {
            queue.bytes += unit.data.len();
        }
        queue.orders.push(order);
        queue.urgent = true;
        drop(queue);
        self.0.wake.notify_one();
    }

    /// `false` when the queue is full or the writer has stopped: the unit is not taken, and the
    /// caller drops all until the next key frame. The time without footage is told as a hole with
    /// [`GapReason::DiskSlow`] when the first unit is taken again.
    pub fn unit(&self, camera: &CameraId, take: u64, unit: AccessUnit) -> bool {
        let mut queue = self.lock();
        if queue.ended {
            return false;
        }
        if queue.bytes + queue.writing + unit.data.len() > DISK_QUEUE_BYTES_MAX {
            queue.refused.entry(camera.clone()).or_insert(unit.arrived);
            return false;
        }
        // One hash look-up only while a disk is slow: the map is empty otherwise.
        if !queue.refused.is_empty()
            && let Some(from) = queue.refused.remove(camera)
        {
            queue.holes.push((camera.clone(), from, unit.arrived));
        }
        queue.bytes += unit.data.len();
        queue.orders.push(Order::Unit { camera: camera.clone(), take, unit });
        true
    }
}

/// Starts the thread. `told` is called from it and must not block. The thread ends after `Stop`.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
    writer: Writer,
    clock: Arc<dyn Clock>,
    told: Box<dyn Fn(Told) + Send>,
) -> std::io::Result<(Inlet, JoinHandle<()>)> {
    let inlet = Inlet(Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new() }));
    let theirs = inlet.clone();
    let thread = std::thread::Builder::new()
        .name("disk-writer".into())
        .spawn(move || run(writer, &*clock, &theirs, &*told))?;
    Ok((inlet, thread))
}

fn run(mut writer: Writer, clock: &dyn Clock, inlet: &Inlet, tell: &dyn Fn(Told)) {
    let (mut orders, mut told) = (Vec::new(), Vec::new());
    while !writer.is_stopped() {
        wait(inlet, clock, &writer);
        let holes = take(inlet, &mut orders);
        for (camera, from, to) in holes {
            told.push(Told::Hole { camera, from, to, reason: GapReason::DiskSlow });
        }
        for order in orders.drain(..) {
            writer.order(order, &mut told);
        }
        if clock.mono() >= writer.next_tick() && !writer.is_stopped() {
            writer.tick(&mut told);
        }
        inlet.lock().writing = writer.pending_bytes();
        told.drain(..).for_each(tell);
    }
    let mut queue = inlet.lock();
    (queue.ended, queue.orders, queue.bytes) = (true, Vec::new(), 0);
}

fn take(inlet: &Inlet, orders: &mut Vec<Order>) -> Vec<(CameraId, Utc, Utc)> {
    let mut queue = inlet.lock();
    std::mem::swap(orders, &mut queue.orders);
    // Until the writer has them in its own count they are still in memory.
    queue.writing += std::mem::take(&mut queue.bytes);
    queue.urgent = false;
    std::mem::take(&mut queue.holes)
}

/// Until the next tick, or until somebody sends an order.
fn wait(inlet: &Inlet, clock: &dyn Clock, writer: &Writer) {
    let mut queue = inlet.lock();
    loop {
        let left = writer.next_tick() - clock.mono();
        if queue.urgent || left.0 <= 0 {
            return;
        }
        queue = match inlet.0.wake.wait_timeout(queue, left.to_std()) {
            Ok((queue, _)) => queue,
            Err(poisoned) => poisoned.into_inner().0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::SystemClock;
    use crate::base::time::Span;
    use crate::disk::Disk;
    use crate::disk::fake::FakeDisk;
    use crate::disk::real::RealDisk;
    use crate::segment::Tag;
    use crate::segment::commit::Options;
    use crate::segment::proof::{camera, id, synthetic};
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    fn begin(disk: Arc<dyn Disk>, told: Box<dyn Fn(Told) + Send>) -> (Inlet, JoinHandle<()>) {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let writer = Writer::new(disk, clock.clone(), id(), Options::default());
        spawn(writer, clock, told).unwrap()
    }

    fn unit(au: &crate::segment::proof::Au) -> AccessUnit {
        AccessUnit {
            data: au.data.clone(),
            time: au.time,
            key: au.key,
            arrived: SystemClock::new().utc(),
            params: au.params.clone(),
            camera_offset: None,
            lost_packets: 0,
        }
    }

    #[test]
    fn sixteen_cameras_are_closed_within_two_seconds_of_stop() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(RealDisk::open(folder.path(), None).unwrap());
        let (sender, told) = mpsc::channel();
        let (inlet, thread) = begin(disk, Box::new(move |told| drop(sender.send(told))));
        let names: Vec<CameraId> = (0..16).map(|n| camera(&format!("c{n}"))).collect();
        for name in &names {
            let tag = Tag { camera: name.clone(), site: "s".into() };
            inlet.send(Order::Begin { tag, take: 1 });
        }
        for au in synthetic(20, 10, 9_000) {
            assert!(names.iter().all(|name| inlet.unit(name, 1, unit(&au))));
            std::thread::sleep(Duration::from_millis(66));
        }
        let began = Instant::now();
        inlet.send(Order::Stop);
        thread.join().unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        let all: Vec<Told> = told.iter().collect();
        let frames = all.iter().map(|told| match told {
            Told::Closed { segment, .. } => segment.frames,
            _ => 0,
        });
        assert_eq!(frames.sum::<u32>(), 16 * 20);
        assert!(matches!(all.last(), Some(Told::Stopped)));
        assert!(!inlet.unit(&names[0], 1, unit(&synthetic(1, 1, 9)[0])));
    }

    #[test]
    fn a_full_queue_refuses_units_takes_orders_and_tells_the_hole() {
        let (sender, told) = mpsc::channel();
        let (gate, closed) = mpsc::channel::<()>();
        let shut = Mutex::new(Some(closed));
        let tell = move |what| {
            // The first thing told holds the thread up until the gate is dropped.
            if let Some(closed) = shut.lock().unwrap().take() {
                let _ = closed.recv();
            }
            drop(sender.send(what));
        };
        let disk = FakeDisk::new(1);
        let (inlet, thread) = begin(Arc::new(disk), Box::new(tell));
        let name = camera("a");
        let tag = Tag { camera: name.clone(), site: "s".into() };
        inlet.send(Order::Begin { tag, take: 1 });
        std::thread::sleep(Duration::from_millis(900));
        let big = &synthetic(1, 1, 32 << 20)[0];
        let taken = (0..40).take_while(|_| inlet.unit(&name, 1, unit(big))).count();
        assert_eq!(taken, DISK_QUEUE_BYTES_MAX / (32 << 20) - 1);
        inlet.send(Order::Append { path: "j".into(), line: b"x".to_vec() });
        drop(gate);
        let deadline = Instant::now() + Duration::from_secs(20);
        while !inlet.unit(&name, 1, unit(&synthetic(1, 1, 100)[0])) {
            assert!(Instant::now() < deadline, "the queue never emptied");
            std::thread::sleep(Duration::from_millis(20));
        }
        inlet.send(Order::Stop);
        thread.join().unwrap();
        let all: Vec<Told> = told.iter().collect();
        let hole = all.iter().find_map(|told| match told {
            Told::Hole { from, to, reason: GapReason::DiskSlow, .. } => Some(*to - *from),
            _ => None,
        });
        assert!(hole.is_some_and(|span| span > Span::ZERO));
        assert!(all.iter().any(|told| matches!(told, Told::Kept { .. })));
    }
}
