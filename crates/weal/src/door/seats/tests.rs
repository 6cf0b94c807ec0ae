//! Who leaves for whom, on a table with few seats.

use super::*;

const HERE: [u8; 4] = [192, 0, 2, 1];

fn seats(all: usize, per_address: usize) -> Arc<Seats> {
    let limits = DoorLimits::default();
    Seats::new(DoorLimits { seats: all, seats_per_address: per_address, ..limits })
}

fn enter(seats: &Arc<Seats>, peer: [u8; 4]) -> Result<Seat, Full> {
    let seat = seats.enter(IpAddr::from(peer));
    // Two moments that are the same would leave the order to numbers.
    std::thread::sleep(Duration::from_millis(1));
    seat
}

fn leaves(seat: &Seat) -> bool {
    seat.seats.lock().sitting.get(&seat.number).is_some_and(|sitting| sitting.leaving)
}

#[test]
fn a_newcomer_displaces_whoever_has_waited_longest() {
    let seats = seats(3, 3);
    let first = enter(&seats, HERE).unwrap();
    let second = enter(&seats, HERE).unwrap();
    let third = enter(&seats, HERE).unwrap();
    first.work();
    let _fourth = enter(&seats, HERE).unwrap();
    assert_eq!((leaves(&first), leaves(&second), leaves(&third)), (false, true, false));
    first.answered();
    first.quiet();
    let _fifth = enter(&seats, HERE).unwrap();
    assert_eq!((leaves(&first), leaves(&third)), (false, true), "it answered only now");
}

#[test]
fn nobody_leaves_who_is_worked_for() {
    let seats = seats(2, 2);
    let (one, other) = (enter(&seats, HERE).unwrap(), enter(&seats, HERE).unwrap());
    one.work();
    other.work();
    assert!(enter(&seats, HERE).is_err());
    assert!(enter(&seats, [192, 0, 2, 2]).is_err());
    other.unread();
    let newcomer = enter(&seats, [192, 0, 2, 2]).unwrap();
    assert_eq!((leaves(&one), leaves(&other)), (false, true));
    drop(other);
    drop(newcomer);
    assert!(enter(&seats, HERE).is_ok());
}

#[test]
fn an_address_that_has_its_share_displaces_its_own() {
    let seats = seats(10, 2);
    let elsewhere = enter(&seats, [192, 0, 2, 2]).unwrap();
    let (one, other) = (enter(&seats, HERE).unwrap(), enter(&seats, HERE).unwrap());
    let _third = enter(&seats, HERE).unwrap();
    let left = (leaves(&elsewhere), leaves(&one), leaves(&other));
    assert_eq!(left, (false, true, false));
}

#[test]
fn a_proxy_is_many_people() {
    let seats = seats(10, 1);
    let _all: Vec<_> = (0..10).map(|_| enter(&seats, [127, 0, 0, 1]).unwrap()).collect();
    assert_eq!(seats.lock().leaving, 0);
}

#[test]
fn a_site_has_65_536_addresses_and_no_more_seats_for_that() {
    let limits =
        DoorLimits { seats: 10, seats_per_address: 2, seats_per_site: 3, ..DoorLimits::default() };
    let seats = Seats::new(limits);
    let mut all = Vec::new();
    for subnet in 0..8 {
        let peer = format!("2001:db8:1:{subnet:x}::1").parse().unwrap();
        all.push(seats.enter(peer).unwrap());
    }
    let staying = all.iter().filter(|seat| !leaves(seat)).count();
    assert_eq!(staying, 3);
    assert!(seats.enter("2001:db8:2::1".parse().unwrap()).is_ok());
}

#[test]
fn those_who_make_no_progress_leave_in_their_time() {
    let limits = DoorLimits {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        answer_stall: Duration::from_secs(30),
        bytes_per_s: 1_000,
        ..DoorLimits::default()
    };
    let seats = Seats::new(limits);
    let head = enter(&seats, HERE).unwrap();
    let idle = enter(&seats, HERE).unwrap();
    idle.work();
    idle.answered();
    idle.quiet();
    let unread = enter(&seats, HERE).unwrap();
    unread.work();
    unread.unread();
    let stream = enter(&seats, HERE).unwrap();
    stream.work();
    let after = |seconds| Instant::now() + Duration::from_secs(seconds);
    assert_eq!(seats.sweep(after(9)), 0);
    assert_eq!((seats.sweep(after(11)), leaves(&head)), (1, true));
    // Bytes that were taken pay for time, and for no more than there is.
    assert!(unread.read(0));
    assert_eq!(seats.sweep(after(29)), 0);
    assert!(!unread.read(1_000_000));
    unread.unread();
    assert_eq!((seats.sweep(after(31)), leaves(&unread)), (1, true));
    assert_eq!((seats.sweep(after(61)), leaves(&idle)), (1, true));
    assert_eq!((seats.sweep(after(100_000)), leaves(&stream)), (0, false));
}

#[test]
fn an_empty_table_remembers_nobody() {
    let seats = seats(4, 2);
    for _ in 0..100 {
        let seat = seats.enter(IpAddr::from(HERE)).unwrap();
        seat.work();
        seat.unread();
        seat.answered();
        let other = seats.enter("2001:db8::1".parse().unwrap()).unwrap();
        other.await_body(Instant::now());
    }
    let table = seats.lock();
    assert!(table.sitting.is_empty() && table.waiting.is_empty() && table.groups.is_empty());
    assert_eq!(table.leaving, 0);
}
