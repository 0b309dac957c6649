use super::*;
use crate::floor::broadcast;
use crate::venue::Shape;
use tokio::net::TcpListener;
use tokio::task::LocalSet;

const SHAPE: Shape = Shape { rooms: 2, members: 3 };

const PATIENCE: Duration = Duration::from_secs(10);

/// Sends six messages over a bare broadcast, to three members each, and does something with the crowd then.
async fn talk(then: impl AsyncFnOnce(&Crowd, &Plan)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let mut server = JoinSet::new();
    server.spawn(broadcast::serve(listener, None));
    let (rooms, tickets) = broadcast::tickets(SHAPE).unwrap();
    let talk = async {
        let crowd = Crowd::open(addr, &rooms, &tickets).await.unwrap();
        let start = Instant::now();
        let plan = crowd.begin(1, Pace::per_second(start, 1e6), start..start + PATIENCE);
        for number in 0..6 {
            say(&crowd, &plan, number);
            crowd.settle(3 * (number + 1), PATIENCE).await.unwrap();
        }
        then(&crowd, &plan).await;
    };
    LocalSet::new().run_until(talk).await;
}

fn say(crowd: &Crowd, plan: &Plan, number: u64) {
    let request = serde_json::to_string(&plan.request(number)).unwrap();
    crowd.pens()[crowd.speaker(plan, number)].write(&frame::text(&request)).unwrap();
}

#[tokio::test]
async fn every_delivery_is_counted_once_per_member() {
    talk(async |crowd, _| assert_eq!(crowd.read(|tally| tally.delivered), 18)).await;
}

#[tokio::test]
async fn a_delivery_that_never_comes_is_lost() {
    talk(async |crowd, _| {
        let error = crowd.settle(19, Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(error.to_string(), "1 of 19 deliveries were lost");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_told_again_ends_the_run() {
    talk(async |crowd, plan| {
        // The floor does not know a repeat when it hears one.
        say(crowd, plan, 0);
        let error = crowd.settle(21, PATIENCE).await.unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Fault::Twice));
    })
    .await;
}

#[tokio::test]
async fn a_second_act_goes_on_where_the_first_ended() {
    talk(async |crowd, _| {
        let start = Instant::now();
        let plan = crowd.begin(2, Pace::per_second(start, 1e6), start..start + PATIENCE);
        say(crowd, &plan, 0);
        crowd.settle(3, PATIENCE).await.unwrap();
    })
    .await;
}
