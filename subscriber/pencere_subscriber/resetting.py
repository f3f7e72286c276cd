"""Resets the places of a group."""

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka.errors import KafkaError

from pencere_subscriber.errors import ResetRefusedError
from pencere_subscriber.finding import Finder
from pencere_subscriber.place import Place
from pencere_subscriber.settings import Settings
from pencere_subscriber.start import Start


def reset_group(settings: Settings, topic: str, group: str, start: Start) -> None:
    """Reset a group's places on every partition of a topic.

    Raises:
        ResetRefusedError: the group has members, which would go on from their old places.
    """
    with Finder(settings) as finder:
        places = {partition: Place.beginning(finder.first(partition, start)) for partition in finder.partitions(topic)}
    consumer = KafkaConsumer(**settings.client(), group_id=group, enable_auto_commit=False)
    try:
        consumer.assign(list(places))
        consumer.commit({each: OffsetAndMetadata(place.offset, place.metadata(), -1) for each, place in places.items()})
    except KafkaError as error:
        raise ResetRefusedError(group, error) from error
    finally:
        consumer.close()
